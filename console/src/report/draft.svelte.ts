/** A report while it is written: what, where, and what belongs to it. */

import { ApiError, read, sendKeyed } from '../api';
import type { IncidentSummary } from '../model/incident';
import type { Near, ReportFacts, ReportedClass } from '../model/reports';
import type { Items, Page } from '../model/wire';
import { newKey } from '../phone/errand';
import { addressOf, type Picture } from '../phone/sending';
import { session } from '../stores/session.svelte';

export type Spot = [number, number];

/** An open incident that the report may be about; without a distance it was found by its words. */
export interface Candidate {
  summary: IncidentSummary;
  distance_m: number | null;
  reports: number;
  photos: string[];
}

/** Words shorter than this find everything. */
const SHORTEST_WORDS = 2;

/** Return where a report of somebody with these roles usually comes from. */
export function sourceOf(has: (...roles: string[]) => boolean): string {
  if (has('acceptor', 'foreman')) return 'hotline';
  if (has('collector')) return 'collector';
  if (has('officer', 'handler')) return 'department';
  return has('leader') ? 'leader' : 'hotline';
}

export class Draft {
  title = $state('');
  kind = $state('');
  condition = $state('');
  /** 0 takes what class and condition propose */
  priority = $state(0);
  source = $state(sourceOf((...roles) => session.has(...roles)));
  hotline = $state('');
  district = $state(session.user?.district ?? '');
  place = $state('');
  note = $state('');
  component = $state('');
  spot = $state.raw<Spot | null>(null);
  caller = $state({ name: '', phone: '', call_back: false });
  /** what is taken next shows people, plates or papers */
  personal = $state(false);
  pictures = $state.raw<readonly Picture[]>([]);
  /** the place that a photo's file names, offered to the reporter */
  offered = $state.raw<Spot | null>(null);
  facts = $state.raw<ReportFacts | null>(null);
  candidates = $state.raw<readonly Candidate[]>([]);
  joins = $state.raw<IncidentSummary | null>(null);

  taken = $derived<ReportedClass | undefined>(this.facts?.classes.find((one) => one.id === this.kind));
  proposed = $derived(
    this.taken?.conditions.find((one) => one.id === this.condition)?.priority ?? this.taken?.priority ?? 3,
  );
  department = $derived(this.taken?.departments[this.district] ?? this.taken?.departments['*'] ?? '');

  async load(): Promise<void> {
    this.facts = await read<ReportFacts>('/reports/facts');
    if (this.source === 'hotline') this.hotline = this.facts.hotlines[0]?.id ?? '';
  }

  /** Look for open incidents that this may be; without a place on the map, by the words of the place. */
  async search(): Promise<void> {
    const { kind, spot } = this;
    try {
      const found = await this.#found();
      if (kind !== this.kind || spot !== this.spot) return;
      this.candidates = found;
      if (!found.some((one) => one.summary.id === this.joins?.id)) this.joins = null;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.candidates = [];
    }
  }

  async #found(): Promise<Candidate[]> {
    if (this.kind === '') return [];
    if (this.spot !== null) {
      const [longitude, latitude] = this.spot;
      return (await read<Items<Near>>('/reports/near', { class: this.kind, longitude, latitude })).items;
    }
    if (this.place.trim().length < SHORTEST_WORDS) return [];
    const query = { class: this.kind, q: this.place.trim().slice(0, 100), open: true, limit: 5 };
    const page = await read<Page<IncidentSummary>>('/incidents', query);
    return page.items.map((summary) => ({ summary, distance_m: null, reports: 1, photos: [] }));
  }

  /** Add a photo, and send it ahead where there is a connection: the report then waits for nothing. */
  async addPhoto(photo: Blob): Promise<void> {
    const picture: Picture = { key: newKey(), photo, personal: this.personal, sent: false };
    this.pictures = [...this.pictures, picture];
    try {
      const answer = await sendKeyed<{ place: { longitude: number; latitude: number } | null }>(
        'PUT',
        addressOf(picture),
        photo,
        picture.key,
      );
      this.pictures = this.pictures.map((one) => (one.key === picture.key ? { ...one, sent: true } : one));
      if (answer.place !== null) this.offered = [answer.place.longitude, answer.place.latitude];
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 0) return;
      this.removePhoto(picture.key);
      throw error;
    }
  }

  removePhoto(key: string): void {
    this.pictures = this.pictures.filter((one) => one.key !== key);
  }

  /** Return the report as the server takes it. */
  body(): object {
    const { title, condition, source, district, place, note, component } = this;
    const byPhone = source === 'hotline';
    return {
      ...{ title, condition, source, district, place, note, component },
      class: this.kind,
      ...(this.priority === 0 ? {} : { priority: this.priority }),
      ...(this.spot === null ? {} : { longitude: this.spot[0], latitude: this.spot[1] }),
      ...(byPhone ? { hotline: this.hotline, caller: { ...this.caller } } : {}),
      ...(this.joins === null ? {} : { joins: this.joins.id }),
    };
  }
}
