/** Where an incident is, in words. */

import { nameOf } from '../i18n/index.svelte';
import { city } from './city.svelte';
import { sensors } from './sensors.svelte';

interface Placed {
  place: string;
  sensor: string | null;
}

/** The place; one that is called as its sensor is has the sensor's name in the screen's language. */
export function placeOf({ place, sensor }: Placed): string {
  const found = sensor === null ? undefined : sensors.find(sensor);
  return found !== undefined && found.name === place ? nameOf(found) : city.site(place);
}

/** The district and the place. */
export function whereOf(incident: Placed & { district: string }): string {
  return city.where(incident.district, placeOf(incident));
}
