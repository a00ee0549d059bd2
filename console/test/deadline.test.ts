import { describe, expect, it } from 'vitest';
import { judge } from '../src/model/deadline';

const DEADLINE = {
  stage: 'file',
  started_at: '2026-11-20T08:00:00.000Z',
  yellow_at: '2026-11-20T08:08:00.000Z',
  at: '2026-11-20T08:10:00.000Z',
};
const START_MS = Date.parse(DEADLINE.started_at);

describe('a deadline', () => {
  it.each([
    ['just begun', 0, 'green', 0],
    ['a second before 80 %', 479_000, 'green', 479 / 600],
    ['at 80 %', 480_000, 'yellow', 0.8],
    ['a second before the limit', 599_000, 'yellow', 599 / 600],
    ['at the limit', 600_000, 'red', 1],
    ['long overdue', 1_200_000, 'red', 2],
  ])('is %s', (_, passed_ms, light, share) => {
    const used = judge(DEADLINE, START_MS + passed_ms);

    expect(used.light).toBe(light);
    expect(used.share).toBeCloseTo(share);
    expect(used.left_ms).toBe(600_000 - passed_ms);
  });

  it('turns yellow when the server says: a weekend is no working time', () => {
    const weekend = { ...DEADLINE, yellow_at: '2026-11-20T08:01:00.000Z' };

    expect(judge(weekend, START_MS + 60_000).light).toBe('yellow');
    expect(judge(weekend, START_MS + 59_999).light).toBe('green');
  });

  it('is used up when it ends as it begins', () => {
    expect(judge({ ...DEADLINE, started_at: DEADLINE.at }, START_MS).share).toBe(1);
  });

  it('is unused when the server is ahead of the screen', () => {
    expect(judge(DEADLINE, START_MS - 5_000)).toMatchObject({ light: 'green', share: 0 });
  });
});
