/** Where an unattended wall looks next: each urgent incident in turn, then the whole city. */

import type { IncidentSummary } from '../model/incident';

export interface Focus {
  incident: string;
  center: [number, number];
  zoom: number;
}

/** Incidents of lower priority are in the queue; the wall does not fly to them. */
const LOWEST_PRIORITY = 3;
/** More stops than this and nobody sees the city between them. */
const MOST_STOPS = 8;
const STOP_ZOOM = 13.6;

/** Return the stops of one round, in the order of the queue; null is the whole city. */
export function stops(open: readonly IncidentSummary[]): (Focus | null)[] {
  const urgent = open.filter((incident) => incident.priority <= LOWEST_PRIORITY).flatMap(stopAt);
  const places = new Map(urgent.toReversed().map((stop) => [placeOf(stop), stop]));
  const apart = urgent.filter((stop) => places.get(placeOf(stop)) === stop);
  return [null, ...apart.slice(0, MOST_STOPS)];
}

/** Incidents within about 100 m share a stop: that of the most urgent. */
function placeOf({ center: [longitude, latitude] }: Focus): string {
  return `${longitude.toFixed(3)},${latitude.toFixed(3)}`;
}

function stopAt({ id, longitude, latitude }: IncidentSummary): Focus[] {
  if (longitude === null || latitude === null) return [];
  return [{ incident: id, center: [longitude, latitude], zoom: STOP_ZOOM }];
}

/** Return the stop after `at`, which may have gone meanwhile: then the round begins again. */
export function next(round: readonly (Focus | null)[], at: Focus | null): Focus | null {
  const place = round.findIndex((stop) => stop?.incident === at?.incident);
  return round[(place + 1) % round.length] ?? null;
}
