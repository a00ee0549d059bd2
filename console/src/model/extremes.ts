/** Which sensors of a domain stand out, by the quantity that tells most about it. */

import { isTrusted } from './quality';
import { isHeard } from './severity';
import type { Domain, Sensor } from './wire';

export interface Telling {
  quantity: string;
  /** empty: every kind */
  kinds: readonly string[];
  /** which end is bad */
  worst: 'high' | 'low';
}

/** What a command centre looks at first in each domain; a quantity that no sensor sends is not shown. */
export const TELLING: Record<Domain, readonly Telling[]> = {
  traffic: [
    { quantity: 'speed', kinds: [], worst: 'low' },
    { quantity: 'occupancy', kinds: [], worst: 'high' },
    { quantity: 'flow', kinds: [], worst: 'high' },
  ],
  environment: [
    { quantity: 'water_level', kinds: ['underpass_level'], worst: 'high' },
    { quantity: 'water_level', kinds: ['road_level'], worst: 'high' },
    { quantity: 'water_level', kinds: ['drain_level'], worst: 'high' },
    { quantity: 'rain_intensity', kinds: [], worst: 'high' },
    { quantity: 'aqi_cn', kinds: [], worst: 'high' },
    { quantity: 'pm25', kinds: [], worst: 'high' },
    { quantity: 'noise_excess', kinds: [], worst: 'high' },
    { quantity: 'noise_laeq', kinds: [], worst: 'high' },
  ],
  video: [{ quantity: 'video_fps', kinds: [], worst: 'low' }],
  // The machine rooms have a page of their own.
  machine_room: [],
};

export interface Standing {
  sensor: Sensor;
  value: number;
  unit: string;
  /** 0 to 1 of the largest value shown, for a bar */
  share: number;
}

/** Return the `most` sensors at the bad end of a quantity, worst first; untrusted and old values do not count. */
export function extremes(list: readonly Sensor[], telling: Telling, most: number): Standing[] {
  const found = list.flatMap((sensor) => standing(sensor, telling));
  found.sort((a, b) => (telling.worst === 'high' ? b.value - a.value : a.value - b.value));
  const shown = found.slice(0, most);
  const largest = Math.max(...shown.map((one) => Math.abs(one.value)), Number.EPSILON);
  return shown.map((one) => ({ ...one, share: Math.abs(one.value) / largest }));
}

function standing(sensor: Sensor, { quantity, kinds }: Telling): Standing[] {
  if (kinds.length > 0 && !kinds.includes(sensor.kind)) return [];
  const latest = sensor.latest[quantity];
  if (!isHeard(sensor.state) || latest?.value == null || !isTrusted(latest.quality)) return [];
  return [{ sensor, value: latest.value, unit: latest.unit, share: 0 }];
}
