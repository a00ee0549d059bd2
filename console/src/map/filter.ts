/** Which sensors a person wants on the map. */

import type { MapSensor } from '../stores/sensors.svelte';

export interface SensorFilter {
  domain: string;
  state: string;
  district: string;
  q: string;
}

export const ALL_SENSORS: SensorFilter = { domain: '', state: '', district: '', q: '' };

/** The value of `state` that means: anything but normal. */
export const NOT_NORMAL = 'not_normal';

export function passes(filter: SensorFilter, sensor: MapSensor): boolean {
  if (filter.domain !== '' && filter.domain !== sensor.domain) return false;
  if (filter.district !== '' && filter.district !== sensor.district) return false;
  if (filter.state === NOT_NORMAL ? sensor.state === 'normal' : filter.state !== '' && filter.state !== sensor.state) {
    return false;
  }
  const text = `${sensor.id} ${sensor.name} ${sensor.name_en}`.toLowerCase();
  return filter.q
    .toLowerCase()
    .split(/\s+/)
    .every((part) => text.includes(part));
}
