import { describe, expect, it } from 'vitest';
import { admits, byUrgency, EVERYTHING, mustSound, ORDERS, toQuery } from '../src/model/queue';
import { due, incident } from './summaries';

const SEEN = '2026-11-20T08:01:00.000Z';

describe('the queue', () => {
  it('orders unacknowledged first, then priority, nearest deadline, oldest', () => {
    const inOrder = [
      incident({ id: '9', priority: 1 }),
      incident({ id: '8', priority: 4, deadline: due(5) }),
      incident({ id: '7', priority: 1, acknowledged_at: SEEN, deadline: due(90) }),
      incident({ id: '6', priority: 2, acknowledged_at: SEEN, deadline: due(5) }),
      incident({ id: '5', priority: 2, acknowledged_at: SEEN, deadline: due(10) }),
      incident({ id: '4', priority: 2, acknowledged_at: SEEN }),
      incident({ id: '3', priority: 2, acknowledged_at: SEEN, opened_at: '2026-11-20T09:00:00.000Z' }),
    ];

    expect([...inOrder].reverse().sort(byUrgency)).toEqual(inOrder);
  });

  it('compares ids as the numbers they are', () => {
    const [ninth, tenth] = [incident({ id: '9' }), incident({ id: '10' })];

    expect([tenth, ninth].sort(byUrgency)).toEqual([ninth, tenth]);
    expect([ninth, tenth].sort(ORDERS.all)).toEqual([tenth, ninth]);
  });

  it('shows the newest end first', () => {
    const early = incident({ id: '2', state: 'closed', ended_at: '2026-11-20T08:10:00.000Z' });
    const late = incident({ id: '1', state: 'closed', ended_at: '2026-11-20T08:20:00.000Z' });

    expect([early, late].sort(ORDERS.ended)).toEqual([late, early]);
  });
});

describe('a filter', () => {
  it('asks the server for no more than was chosen', () => {
    expect(toQuery(EVERYTHING)).toEqual({ open: 'true' });
    expect(toQuery({ ...EVERYTHING, scope: 'all', priority: '1', mine: true, q: '积水' })).toEqual({
      priority: '1',
      mine: 'true',
      q: '积水',
    });
  });

  it.each([
    ['an open one', {}, {}, true],
    ['an ended one when open ones are wanted', {}, { state: 'closed' }, false],
    ['an ended one when all are wanted', { scope: 'all' }, { state: 'closed' }, true],
    ['another priority', { priority: '1' }, { priority: 2 }, false],
    ['the department among several', { department: 'b' }, { departments: legs('a', 'b') }, true],
    ['another department', { department: 'c' }, { departments: legs('a', 'b') }, false],
    ['one passed down', { jurisdiction: 'county' }, { jurisdiction: 'donghe' }, true],
    ['one of the city when those passed down are wanted', { jurisdiction: 'county' }, {}, false],
    ['words, which only the server can judge', { q: '积水' }, {}, null],
    ['mine, which only the server can judge', { mine: true }, {}, null],
    ['words in another district', { q: '积水', district: 'donghe' }, {}, false],
  ] as const)('given %s', (_, filter, parts, verdict) => {
    expect(admits({ ...EVERYTHING, ...filter }, incident(parts))).toBe(verdict);
  });
});

describe('the sound', () => {
  it.each([
    ['a new one of priority 1', {}, true],
    ['priority 2', { priority: 2 }, false],
    ['one that somebody has seen', { acknowledged_at: SEEN }, false],
    ['one that has ended', { state: 'cancelled' }, false],
    ['a recording', { recorded: true }, false],
  ])('for %s', (_, parts, sounds) => {
    expect(mustSound(incident({ priority: 1, ...parts }))).toBe(sounds);
  });
});

function legs(...departments: string[]): { department: string; state: string }[] {
  return departments.map((department) => ({ department, state: 'dispatched' }));
}
