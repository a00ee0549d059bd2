/** The sensors a person may see: where they are, how they are, what they last said. */

import { read } from '../api';
import { nameOf } from '../i18n/index.svelte';
import { extent, type Bounds } from '../model/extent';
import { rankOf } from '../model/severity';
import {
  DOMAINS,
  type Domain,
  type LatestValues,
  type Page,
  type Sensor,
  type SensorChange,
  type SensorColumns,
  type SensorState,
} from '../model/wire';
import { COALESCE_MS } from '../timing';

export interface MapSensor {
  id: string;
  name: string;
  name_en: string;
  domain: Domain;
  kind: string;
  longitude: number | null;
  latitude: number | null;
  district: string;
  state: SensorState;
}

export type Counts = Record<Domain, Record<SensorState, number>>;

const PAGE_SIZE = 500;

class Sensors {
  list = $state.raw<readonly MapSensor[]>([]);
  latest = $state.raw<ReadonlyMap<string, LatestValues>>(new Map());
  counts = $derived(count(this.list));
  /** Where the watched city lies; stays the same while only states change. */
  bounds = $state.raw<Bounds | null>(null);
  #latestLoaded = false;
  #waiting: SensorChange[] = [];
  /** What was heard while the map was asked for, whose answer may be older; null while nobody asks. */
  #meanwhile: SensorChange[] | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #place = new Map<string, number>();

  async load(): Promise<void> {
    const heard: SensorChange[] = [];
    this.#meanwhile = heard;
    const list = rows(await read<SensorColumns>('/sensors/map'));
    this.#place = new Map(list.map((sensor, place) => [sensor.id, place]));
    this.bounds = extent(list);
    this.list = list;
    this.list = this.#with(heard);
    this.#meanwhile = null;
    if (this.#latestLoaded) {
      this.#latestLoaded = false;
      await this.loadLatest();
    }
  }

  find(id: string): MapSensor | undefined {
    const place = this.#place.get(id);
    return place === undefined ? undefined : this.list[place];
  }

  /** The name of a sensor; its id where it is not known. */
  called(id: string): string {
    const found = this.find(id);
    return found === undefined ? id : nameOf(found);
  }

  /** Read every sensor that `query` selects, page by page, with its facts and latest values. */
  async all(query: Record<string, string>): Promise<Sensor[]> {
    const found: Sensor[] = [];
    let after: string | null = null;
    do {
      const page: Page<Sensor> = await read('/sensors', {
        ...query,
        limit: PAGE_SIZE,
        ...(after === null ? {} : { after }),
      });
      found.push(...page.items);
      after = page.next ?? null;
    } while (after !== null);
    return found;
  }

  /** Read everybody's newest values once; from then on the stream tells. */
  async loadLatest(): Promise<void> {
    if (this.#latestLoaded) return;
    this.#latestLoaded = true;
    const known = new Map((await this.all({})).map((sensor) => [sensor.id, sensor.latest]));
    // What the stream said meanwhile is newer.
    for (const [id, heard] of this.latest) known.set(id, { ...known.get(id), ...heard });
    this.latest = known;
  }

  /** Return `sensor` as it stands now, by the live stream. */
  current(sensor: Sensor): Sensor {
    const state = this.find(sensor.id)?.state ?? sensor.state;
    const heard = this.latest.get(sensor.id);
    return heard === undefined ? { ...sensor, state } : { ...sensor, state, latest: { ...sensor.latest, ...heard } };
  }

  /** Take changes in, together with those that follow closely: they come by district, the screen is drawn once. */
  hear(changes: SensorChange[]): void {
    this.#waiting.push(...changes);
    this.#timer ??= setTimeout(() => {
      this.flush();
    }, COALESCE_MS);
  }

  /** Show at once what was heard. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#take(this.#waiting.splice(0));
  }

  #take(changes: SensorChange[]): void {
    const latest = new Map(this.latest);
    for (const change of changes) latest.set(change.id, { ...latest.get(change.id), ...change.latest });
    this.latest = latest;
    this.#meanwhile?.push(...changes.filter((change) => (change.state as string) !== ''));
    const moved = changes.filter((change) => this.#isNew(change));
    if (moved.length > 0) this.list = this.#with(moved);
  }

  #isNew(change: SensorChange): boolean {
    const known = this.find(change.id);
    return known !== undefined && (change.state as string) !== '' && known.state !== change.state;
  }

  #with(moved: SensorChange[]): MapSensor[] {
    const list = [...this.list];
    for (const change of moved) {
      const place = this.#place.get(change.id);
      const known = place === undefined ? undefined : list[place];
      if (place !== undefined && known !== undefined) list[place] = { ...known, state: change.state };
    }
    return list;
  }
}

function rows(columns: SensorColumns): MapSensor[] {
  return columns.ids.map((id, place) => ({
    id,
    name: columns.names[place] ?? id,
    name_en: columns.names_en[place] ?? '',
    domain: columns.domains[place] ?? 'environment',
    kind: columns.kinds[place] ?? '',
    longitude: columns.longitudes[place] ?? null,
    latitude: columns.latitudes[place] ?? null,
    district: columns.districts[place] ?? '',
    state: columns.states[place] ?? 'unknown',
  }));
}

/** Count sensors by domain and state. */
export function count(list: readonly MapSensor[]): Counts {
  const none = { normal: 0, notice: 0, major: 0, critical: 0, silent: 0, offline: 0, unknown: 0 };
  const counts = Object.fromEntries(DOMAINS.map((domain) => [domain, { ...none }])) as Counts;
  for (const sensor of list) counts[sensor.domain][sensor.state] += 1;
  return counts;
}

/** Compare worst state first, then by id. */
export function byState(a: { state: string; id: string }, b: { state: string; id: string }): number {
  return rankOf(a.state) - rankOf(b.state) || (a.id < b.id ? -1 : 1);
}

export const sensors = new Sensors();
