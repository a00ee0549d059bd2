/** Where an incident is, in words. */

import { nameOf } from '../i18n/index.svelte';
import { city } from './city.svelte';
import { sensors } from './sensors.svelte';

/** The district and the place; a place that is called as its sensor is has the sensor's name in the screen's language. */
export function whereOf(incident: { district: string; place: string; sensor: string | null }): string {
  const sensor = incident.sensor === null ? undefined : sensors.find(incident.sensor);
  const place = sensor !== undefined && sensor.name === incident.place ? nameOf(sensor) : incident.place;
  return city.where(incident.district, place);
}
