import { describe, expect, it } from 'vitest';
import { calendarDate, clockTime, distance, duration, figure, moment, unitSign } from '../src/model/format';

const CITY = 'Asia/Shanghai';
const MIDNIGHT = '2026-11-19T16:00:00.000Z';

describe('times', () => {
  it('are those of the city, not of the screen', () => {
    expect(clockTime(MIDNIGHT, CITY)).toBe('00:00:00');
    expect(clockTime(MIDNIGHT, CITY, false)).toBe('00:00');
    expect(calendarDate(MIDNIGHT, CITY)).toBe('2026-11-20');
  });

  it('carry the date only when it is another day', () => {
    expect(moment(MIDNIGHT, CITY, Date.parse('2026-11-20T08:00:00Z'))).toBe('00:00:00');
    expect(moment(MIDNIGHT, CITY, Date.parse('2026-11-20T17:00:00Z'))).toBe('11-20 00:00:00');
  });

  it.each([
    [0, '00:00'],
    [249_999, '04:09'],
    [-249_999, '04:09'],
    [3_600_000, '1:00:00'],
    [90_061_000, '1d 01:01'],
  ])('run as clocks: %i ms', (span_ms, text) => {
    expect(duration(span_ms)).toBe(text);
  });
});

describe('figures', () => {
  it.each([
    [0, '0'],
    [0.3125, '0.31'],
    [-4, '-4'],
    [31.44, '31.4'],
    [1204.3, '1,204'],
    [null, '–'],
    [NaN, '–'],
  ])('of %s', (value, text) => {
    expect(figure(value)).toBe(text);
  });

  it('tell distances as people do', () => {
    expect([distance(849.6), distance(1449)]).toEqual(['850 m', '1.4 km']);
  });

  it('give counts no unit', () => {
    expect([unitSign('1'), unitSign('°C')]).toEqual(['', '°C']);
  });
});
