import { describe, expect, it } from 'vitest';
import { byDay, instantOf, localOf, weekOf } from '../src/model/duty';

const SHANGHAI = 'Asia/Shanghai';
const BERLIN = 'Europe/Berlin';

describe('local time', () => {
  it.each([
    ['2026-11-20T08:00', SHANGHAI, '2026-11-20T00:00:00.000Z'],
    ['2026-11-20', SHANGHAI, '2026-11-19T16:00:00.000Z'],
    ['2026-03-29T03:00', BERLIN, '2026-03-29T01:00:00.000Z'],
    ['2026-03-29T01:59', BERLIN, '2026-03-29T00:59:00.000Z'],
    ['2026-10-25T04:00', BERLIN, '2026-10-25T03:00:00.000Z'],
  ])('%s in %s is %s', (local, zone, instant) => {
    expect(instantOf(local, zone)).toBe(instant);
    expect(instantOf(localOf(instant, zone), zone)).toBe(instant);
  });

  it('has weeks from Monday to Monday, also where the clocks change', () => {
    const sunday = Date.parse('2026-03-29T12:00:00Z');

    expect(weekOf(sunday, 0, BERLIN)).toEqual({ from: '2026-03-22T23:00:00.000Z', to: '2026-03-29T22:00:00.000Z' });
    expect(weekOf(sunday, 1, BERLIN).from).toBe('2026-03-29T22:00:00.000Z');
    expect(weekOf(Date.parse('2026-11-22T16:30:00Z'), 0, SHANGHAI).from).toBe('2026-11-22T16:00:00.000Z');
  });
});

describe('shifts', () => {
  const days = ['2026-11-20', '2026-11-21'].map((date) => ({ date, working: true, name: null }));
  const shift = (from_at: string) => ({ from_at, to_at: '2026-11-22T00:00:00Z' });

  it('stand on the day on which they begin, the first day has what began before', () => {
    const [night, day, late] = ['2026-11-19T12:00:00Z', '2026-11-20T00:00:00Z', '2026-11-20T16:00:00Z'].map(shift);

    expect(
      byDay(
        [night, day, late].filter((one) => one !== undefined),
        days,
        SHANGHAI,
      ),
    ).toEqual([[night, day], [late]]);
  });
});
