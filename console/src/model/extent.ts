/** The part of the map that holds what is watched. */

/** West, south, east, north. */
export type Bounds = [number, number, number, number];

/** One lonely sensor far outside must not make the city small: this share at each end is left out. */
const LONELY_SHARE = 0.005;

interface Placed {
  longitude: number | null;
  latitude: number | null;
}

/** Return the bounds of what has a place; null when nothing has. */
export function extent(list: readonly Placed[]): Bounds | null {
  const longitudes = sorted(list.map((one) => one.longitude));
  const latitudes = sorted(list.map((one) => one.latitude));
  const [west, east] = ends(longitudes);
  const [south, north] = ends(latitudes);
  return west === undefined || south === undefined || east === undefined || north === undefined
    ? null
    : [west, south, east, north];
}

function sorted(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null).sort((a, b) => a - b);
}

function ends(values: readonly number[]): [number | undefined, number | undefined] {
  const left = Math.floor(values.length * LONELY_SHARE);
  return [values[left], values[values.length - 1 - left]];
}
