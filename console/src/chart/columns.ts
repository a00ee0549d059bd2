/** A series as the chart's columns: seconds, mean, lowest, highest, with a hole where the sensor was silent. */

import type { Series } from '../model/wire';

export type Column = (number | null)[];
export type Columns = [number[], Column, Column, Column];

/** A pause of this many usual steps is a silence, not a line. */
const SILENCE_STEPS = 4;

export function toColumns(series: Series): Columns {
  const columns: Columns = [[], [], [], []];
  const hole_ms = usualStep(series.time_ms) * SILENCE_STEPS;
  series.time_ms.forEach((time_ms, place) => {
    const before_ms = series.time_ms[place - 1];
    if (before_ms !== undefined && time_ms - before_ms > hole_ms)
      push(columns, (before_ms + 1) / 1000, null, null, null);
    push(
      columns,
      time_ms / 1000,
      series.value[place] ?? null,
      series.minimum[place] ?? null,
      series.maximum[place] ?? null,
    );
  });
  return columns;
}

function push(columns: Columns, ...row: [number, number | null, number | null, number | null]): void {
  columns[0].push(row[0]);
  columns[1].push(row[1]);
  columns[2].push(row[2]);
  columns[3].push(row[3]);
}

/** The middle one of the steps between neighbours; endless for fewer than two points. */
function usualStep(times_ms: readonly number[]): number {
  const steps = times_ms.slice(1).map((time_ms, place) => time_ms - (times_ms[place] ?? time_ms));
  steps.sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? Infinity;
}

/** What a lone reading has on either side of it, seconds. */
const AROUND_ONE_S = 300;

/** The span of time that the chart shows: the data's, and of a lone reading what is around it. */
export function period([times_s]: Columns): [number, number] {
  const [first_s = 0] = times_s;
  const last_s = times_s[times_s.length - 1] ?? first_s;
  return first_s < last_s ? [first_s, last_s] : [first_s - AROUND_ONE_S, last_s + AROUND_ONE_S];
}

/** The span of values that the chart shows: the data and every limit, with some air. */
export function span(columns: Columns, limits: readonly number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of [...columns[2], ...columns[3], ...columns[1], ...limits]) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  const air = (high - low || Math.abs(high) || 1) * 0.08;
  // Quantities that cannot be negative do not get an axis that is.
  return [low >= 0 ? Math.max(0, low - air) : low - air, high + air];
}
