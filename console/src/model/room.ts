/** A machine room: its sensors by what they are, its racks in rows, and its worst values. */

import { rankOf } from './severity';
import type { Sensor, SensorState } from './wire';

export interface Room {
  site: string;
  state: SensorState;
  racks: Sensor[];
  equipment: { kind: string; sensors: Sensor[] }[];
}

/** The kind whose sensors stand at the racks and are drawn as a plan. */
const RACK_KIND = 'inlet_probe';

/** Group machine-room sensors by site, in order of the sites' ids. */
export function rooms(list: readonly Sensor[]): Room[] {
  const sites = [...new Set(list.map((sensor) => sensor.site))].sort();
  return sites.map((site) =>
    roomOf(
      site,
      list.filter((sensor) => sensor.site === site),
    ),
  );
}

function roomOf(site: string, here: Sensor[]): Room {
  const sorted = [...here].sort((a, b) => (a.id < b.id ? -1 : 1));
  const others = sorted.filter((sensor) => sensor.kind !== RACK_KIND);
  const kinds = [...new Set(others.map((sensor) => sensor.kind))];
  return {
    site,
    state: worst(sorted),
    racks: sorted.filter((sensor) => sensor.kind === RACK_KIND),
    equipment: kinds.map((kind) => ({ kind, sensors: others.filter((sensor) => sensor.kind === kind) })),
  };
}

function worst(list: readonly Sensor[]): SensorState {
  const states = list.map((sensor) => sensor.state).sort((a, b) => rankOf(a) - rankOf(b));
  return states[0] ?? 'unknown';
}

/** Return what all names begin with, up to the last word: the name of the room that they share. */
export function sharedName(names: readonly string[]): string {
  const first = names[0] ?? '';
  let length = first.length;
  for (const name of names) while (!name.startsWith(first.slice(0, length))) length -= 1;
  const shared = first.slice(0, length);
  return (length < first.length ? shared.slice(0, shared.lastIndexOf(' ') + 1) : shared).trim();
}

/** Return the highest or lowest newest value of a quantity among `list`. */
export function peak(list: readonly Sensor[], quantity: string, end: 'high' | 'low'): number | null {
  const values = list.flatMap((sensor) => sensor.latest[quantity]?.value ?? []);
  if (values.length === 0) return null;
  return end === 'high' ? Math.max(...values) : Math.min(...values);
}
