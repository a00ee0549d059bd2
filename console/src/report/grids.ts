/** Grids of the city as places. */

import type { Polygon } from 'geojson';

/** Return the middle of a grid's outline: near enough for a cell of a hundred metres. */
export function middleOf(grid: Polygon): [number, number] {
  const ring = grid.coordinates[0]?.slice(1) ?? [];
  const [longitudes, latitudes] = [0, 1].map((axis) => ring.map((point) => point[axis] ?? 0)) as [number[], number[]];
  return [mean(longitudes), mean(latitudes)];
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / Math.max(1, numbers.length);
}
