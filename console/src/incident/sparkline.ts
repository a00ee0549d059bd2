/** A few readings around a moment as the points of a line in a box of 200 by 40; the moment stands at 150. */

/** What linkage copies: fifteen minutes before the moment, five after. */
const BEFORE_MS = 15 * 60_000;
const SPAN_MS = 20 * 60_000;

/** Return the points of a series; a value that never changes runs through the middle. */
export function sparkline(times: readonly string[], values: readonly number[], moment: string): string {
  const start = Date.parse(moment) - BEFORE_MS;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (time: string): number => ((Date.parse(time) - start) / SPAN_MS) * 200;
  const y = (value: number): number => (high === low ? 20 : 38 - ((value - low) / (high - low)) * 36);
  return times.map((time, index) => `${x(time).toFixed(1)},${y(values[index] ?? low).toFixed(1)}`).join(' ');
}
