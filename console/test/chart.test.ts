import { describe, expect, it } from 'vitest';
import { period, span, toColumns } from '../src/chart/columns';

describe('a series', () => {
  const series = { sensor: 'a', quantity: 'q', unit: '', resolution: 'raw', truncated: false, count: [], quality: [] };

  it('has a hole where the sensor was silent', () => {
    const time_ms = [0, 1_000, 2_000, 60_000, 61_000];
    const value = [1, 2, 3, 4, 5];
    const columns = toColumns({ ...series, time_ms, value, minimum: value, maximum: value });

    expect(columns[1]).toEqual([1, 2, 3, null, 4, 5]);
    expect(columns[0]).toEqual([...columns[0]].sort((a, b) => a - b));
  });

  it('is shown with its limits, and not below zero', () => {
    const [low, high] = span([[0], [4], [2], [5]], [27]);

    expect(low).toBe(0);
    expect(high).toBeGreaterThan(27);
  });

  it('may be empty', () => {
    expect(span(toColumns({ ...series, time_ms: [], value: [], minimum: [], maximum: [] }), [])).toEqual([0, 1]);
  });

  it('shows the time of its readings, and some minutes around a lone one', () => {
    expect(
      period([
        [100, 160],
        [1, 2],
        [1, 2],
        [1, 2],
      ]),
    ).toEqual([100, 160]);
    expect(period([[1000], [1], [1], [1]])).toEqual([700, 1300]);
  });
});
