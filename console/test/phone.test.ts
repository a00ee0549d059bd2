import { describe, expect, it } from 'vitest';
import type { Task } from '../src/model/incident';
import { newKey, nextOf, predicted, type Errand } from '../src/phone/errand';
import { queryOf, tabsOf, WORKED_ON } from '../src/phone/work.svelte';
import { middleOf } from '../src/report/grids';
import { placesNamed } from '../src/report/places';

function errand(id: number, what: string, group = 'incident/1', refused = false): Errand {
  return {
    ...{ id, what, group, user: '7', key: String(id), method: 'POST', path: '/', body: null, photo: null, task: '5' },
    made_at: '2026-11-20T08:00:00.000Z',
    refusal: refused ? { code: 'conflict', detail: 'cancelled' } : null,
  };
}

const TASK = {
  id: '5',
  state: 'dispatched',
  accepted_at: null,
  arrived_at: null,
  fed_back_at: null,
  steps: [],
} as unknown as Task;

describe('the outbox', () => {
  it('sends the oldest first', () => {
    expect(nextOf([errand(1, 'accept'), errand(2, 'arrive')])?.id).toBe(1);
  });

  it('holds what follows a refusal in the same incident, and nothing else', () => {
    const all = [errand(1, 'accept', 'incident/1', true), errand(2, 'arrive'), errand(3, 'accept', 'incident/2')];
    expect(nextOf(all)?.id).toBe(3);
  });

  it('has nothing to send when all is refused', () => {
    expect(nextOf([errand(1, 'accept', 'incident/1', true)])).toBeNull();
  });

  it('makes keys that nobody else makes', () => {
    const keys = new Set(Array.from({ length: 100 }, newKey));
    expect(keys.size).toBe(100);
    expect([...keys].every((key) => /^[0-9a-f]{32}$/.test(key))).toBe(true);
  });
});

describe('a task with steps that wait', () => {
  it('is as it will be', () => {
    const now = predicted(TASK, [errand(1, 'accept'), errand(2, 'photo'), errand(3, 'arrive')]);
    expect(now.state).toBe('arrived');
    expect(now.accepted_at).not.toBeNull();
    expect(now.steps.map((step) => step.step)).toEqual(['handle', 'feed_back']);
  });

  it('is unmoved by what was refused', () => {
    expect(predicted(TASK, [errand(1, 'accept', 'incident/1', true)])).toEqual(TASK);
  });

  it('is unmoved by steps of another task', () => {
    expect(predicted(TASK, [{ ...errand(1, 'accept'), task: '6' }])).toEqual(TASK);
  });
});

describe('the lists of work', () => {
  it.each([
    ['handler', ['mine', 'all']],
    ['collector', ['verify', 'check', 'all']],
    ['monitor', ['all']],
  ])('begin with what a %s works from', (role, tabs) => {
    expect(tabsOf((...roles) => roles.includes(role))).toEqual(tabs);
  });

  it('ask for what is worked on, unless another state is wanted', () => {
    expect(queryOf(WORKED_ON)).toEqual({
      limit: 200,
      state: ['dispatched', 'accepted', 'arrived', 'handling', 'suspended'],
    });
    expect(queryOf({ ...WORKED_ON, state: 'any', overdue: true })).toEqual({ limit: 200, overdue: true });
    expect(queryOf({ ...WORKED_ON, state: 'checked' })).toEqual({ limit: 200, state: ['checked'] });
  });

  it('ask for what is theirs by department and by person', () => {
    expect(queryOf({ ...WORKED_ON, whose: 'department', state: 'any' })).toEqual({ limit: 200, mine: true });
    expect(queryOf({ ...WORKED_ON, whose: 'given', state: 'any' })).toEqual({ limit: 200, mine: true, given: true });
  });
});

describe('a grid', () => {
  it('is reported by its middle', () => {
    const ring = [
      [0, 0],
      [2, 0],
      [2, 2],
      [0, 2],
      [0, 0],
    ];
    expect(middleOf({ type: 'Polygon', coordinates: [ring] })).toEqual([1, 1]);
  });
});

describe('a place in words', () => {
  const known = [
    { id: 'up-1', name: '建业路下穿通道', name_en: 'Jianye Road underpass', longitude: 122.9, latitude: 36.2 },
    { id: 'up-2', name: '建业路下穿通道', name_en: '', longitude: 122.8, latitude: 36.1 },
    { id: 'pump', name: '建业路泵站', name_en: 'Jianye Road pump', longitude: 122.7, latitude: 36 },
    { id: 'nowhere', name: '建业路', name_en: '', longitude: null, latitude: null },
  ].map((one) => ({ ...one, district: 'old' }));

  it.each([
    ['建业路', ['建业路下穿通道', '建业路泵站']],
    ['PUMP jianye', ['建业路泵站']],
    ['up-2', ['建业路下穿通道']],
    ['  ', []],
  ])('%s suggests %j', (typed, names) => {
    expect(placesNamed(typed, known, 5).map((place) => place.name)).toEqual(names);
  });

  it('suggests no more than asked for, with where it is', () => {
    expect(placesNamed('建业路', known, 1)).toEqual([{ name: '建业路下穿通道', spot: [122.9, 36.2], district: 'old' }]);
  });
});
