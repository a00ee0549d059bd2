/** The city's vital signs: a few figures over all newest values, and the sensor that stands behind each. */

import { isTrusted } from './quality';
import { isHeard } from './severity';
import type { Domain, LatestValues } from './wire';

export interface Sign {
  /** the rest of its word in the dictionary: `vital.<name>` */
  name: string;
  domain: Domain;
  quantity: string;
  /** empty: every kind */
  kinds: readonly string[];
  of: 'highest' | 'lowest' | 'mean';
}

export const SIGNS: readonly Sign[] = [
  { name: 'meanSpeed', domain: 'traffic', quantity: 'speed', kinds: [], of: 'mean' },
  { name: 'slowest', domain: 'traffic', quantity: 'speed', kinds: [], of: 'lowest' },
  { name: 'rain', domain: 'environment', quantity: 'rain_intensity', kinds: [], of: 'highest' },
  {
    name: 'water',
    domain: 'environment',
    quantity: 'water_level',
    kinds: ['underpass_level', 'road_level'],
    of: 'highest',
  },
  { name: 'pm25', domain: 'environment', quantity: 'pm25', kinds: [], of: 'highest' },
  { name: 'wind', domain: 'environment', quantity: 'wind_speed', kinds: [], of: 'highest' },
  { name: 'inlet', domain: 'machine_room', quantity: 'temperature', kinds: ['inlet_probe'], of: 'highest' },
];

export interface Vital {
  sign: Sign;
  value: number;
  unit: string;
  /** the sensor behind a highest or lowest value; null behind a mean */
  sensor: string | null;
}

interface Known {
  id: string;
  domain: string;
  kind: string;
  state: string;
}

interface Heard {
  id: string;
  value: number;
  unit: string;
}

/** Return those signs that any sensor tells of. */
export function vitals(list: readonly Known[], latest: ReadonlyMap<string, LatestValues>): Vital[] {
  return SIGNS.flatMap((sign) => {
    const heard = list.flatMap((sensor) => hear(sign, sensor, latest));
    return heard.length === 0 ? [] : [judged(sign, heard)];
  });
}

function hear(sign: Sign, sensor: Known, latest: ReadonlyMap<string, LatestValues>): Heard[] {
  if (sensor.domain !== sign.domain || (sign.kinds.length > 0 && !sign.kinds.includes(sensor.kind))) return [];
  const said = latest.get(sensor.id)?.[sign.quantity];
  if (!isHeard(sensor.state) || said?.value == null || !isTrusted(said.quality)) return [];
  return [{ id: sensor.id, value: said.value, unit: said.unit }];
}

function judged(sign: Sign, heard: readonly Heard[]): Vital {
  const unit = heard[0]?.unit ?? '';
  if (sign.of === 'mean') {
    const sum = heard.reduce((total, one) => total + one.value, 0);
    return { sign, value: sum / heard.length, unit, sensor: null };
  }
  const better = (a: Heard, b: Heard): Heard => (a.value > b.value === (sign.of === 'highest') ? a : b);
  const found = heard.reduce(better);
  return { sign, value: found.value, unit, sensor: found.id };
}
