import { describe, expect, it } from 'vitest';
import { inOrder, isForward } from '../src/incident/steps';
import { labelsOf, limitsOf, measured, type Called } from '../src/incident/moment';
import { ALL_SENSORS, NOT_NORMAL, passes } from '../src/map/filter';
import { bytesOf, hex } from '../src/model/bytes';
import { extent } from '../src/model/extent';
import type { IncidentAlarm, Step } from '../src/model/incident';
import { load } from '../src/model/load';
import { isTrusted, isWarning, qualityWords } from '../src/model/quality';
import { sharedName } from '../src/model/room';
import { parse, to } from '../src/router.svelte';
import { next, stops } from '../src/wall/tour';
import { incident } from './summaries';

describe('addresses', () => {
  it.each([
    ['', 'overview', ''],
    ['#/nowhere', 'missing', ''],
    ['#/incident/17', 'incident', '17'],
    ['#/sensor/a%2Fb%20c', 'sensor', 'a/b c'],
    ['#/sensor/%E0%A4%A', 'sensor', '%E0%A4%A'],
    ['#/link/abc_-9', 'link', 'abc_-9'],
  ])('%s', (hash, page, key) => {
    expect(parse(hash)).toMatchObject({ page, key });
  });

  it('survive odd ids', () => {
    expect(parse(to('sensor', 'a/b?c#d')).key).toBe('a/b?c#d');
  });
});

describe('alarms of an incident', () => {
  const alarm: IncidentAlarm = {
    id: 't1',
    alarm: 'a',
    rule: 'r',
    rule_name: { zh: '', en: '' },
    target: 's',
    level: 'major',
    change: 'raised',
    time: '2026-11-20T08:00:00.000Z',
    value: 31,
    limit: 30,
    unit: '°C',
    quantity: 'temperature',
    late: false,
    unconfirmed: false,
    evidence: {},
  };
  const risen: IncidentAlarm = {
    ...alarm,
    id: 't2',
    level: 'critical',
    change: 'risen',
    time: '2026-11-20T08:01:00.000Z',
    limit: 32,
  };

  it('begin at their first transition', () => {
    expect(measured([risen, alarm])).toEqual([alarm]);
  });

  it('are told apart by as few words as do it', () => {
    const [one, two] = ['a', 'b'].map((target) => ({ rule: 'wet', target, time: '08:00' })) as [Called, Called];

    expect(labelsOf([one, two])).toEqual(['a', 'b']);
    expect(labelsOf([one, { ...one, time: '09:00' }])).toEqual(['wet · 08:00', 'wet · 09:00']);
  });

  it('show every limit that was passed', () => {
    expect(limitsOf([risen, alarm], alarm, '°C')).toEqual([
      { level: 'major', limit: 30 },
      { level: 'critical', limit: 32 },
    ]);
  });

  it('show no limit for what only cleared a level', () => {
    const fallen: IncidentAlarm = { ...alarm, id: 't3', change: 'fallen', time: '2026-11-20T08:02:00.000Z', limit: 31 };

    expect(limitsOf([alarm, fallen], alarm, '°C')).toHaveLength(1);
  });

  it('draw no limit in another unit', () => {
    expect(limitsOf([alarm], alarm, 'K')).toEqual([]);
  });
});

describe('steps', () => {
  it('are offered onward first, ending last', () => {
    const steps = ['comment', 'cancel', 'file'].map((step): Step => ({
      step,
      task: null,
      needs: [],
      label: { zh: '', en: '' },
      dispositions: [],
    }));

    expect(inOrder(steps).map((one) => one.step)).toEqual(['file', 'comment', 'cancel']);
    expect(steps.filter(isForward).map((one) => one.step)).toEqual(['file']);
  });
});

describe('an unattended wall', () => {
  const here = incident({ id: '1', priority: 1 });
  const samePlace = incident({ id: '2', priority: 2 });
  const there = incident({ id: '3', priority: 2, longitude: 122.8 });

  it('looks at the city and then at each urgent place once', () => {
    const round = stops([here, samePlace, there, incident({ id: '4', priority: 4, longitude: 122.7 })]);

    expect(round.map((stop) => stop?.incident ?? 'city')).toEqual(['city', '1', '3']);
  });

  it('goes round, also when its stop has gone', () => {
    const round = stops([here, there]);

    expect(next(round, null)?.incident).toBe('1');
    expect(next(round, round.at(-1) ?? null)).toBeNull();
    expect(next(round, { incident: '9', center: [0, 0], zoom: 1 })).toBeNull();
  });
});

describe('small things', () => {
  it('count open legs by department, those not accepted first', () => {
    const busy = { department: 'a', state: 'handling' };
    const rows = load([
      incident({ departments: [busy, { department: 'b', state: 'dispatched' }] }),
      incident({ departments: [busy] }),
    ]);

    expect(rows.map((row) => row.department)).toEqual(['b', 'a']);
    expect(rows[1]?.counts.handling).toBe(2);
  });

  it('name the flags of a reading', () => {
    expect(qualityWords(1 | 64)).toEqual(['out_of_range', 'bad']);
    expect(qualityWords(256)).toEqual(['derived']);
    expect(isTrusted(['derived'])).toBe(true);
    expect([isWarning('derived'), isWarning('late')]).toEqual([false, true]);
    expect([isTrusted([]), isTrusted(['late']), isTrusted(['bad'])]).toEqual([true, true, false]);
  });

  it('find the name that a room gives its sensors', () => {
    expect(sharedName(['政务云机房 机柜进风01', '政务云机房 机柜进风02', '政务云机房 UPS01'])).toBe('政务云机房');
    expect(sharedName(['Port Room rack 1', 'Port Room rack 2'])).toBe('Port Room rack');
  });

  it('show bytes as they are', () => {
    expect(hex(bytesOf(btoa('\xff\x00{"a"}')))).toMatch(/^0000 {2}ff 00 7b 22 61 22 7d +··\{"a"\}$/);
  });

  it('leave a lonely sensor out of the city', () => {
    const city = Array.from({ length: 400 }, (_, place) => ({ longitude: 120 + place / 1000, latitude: 36 }));

    expect(extent([...city, { longitude: -70, latitude: -30 }])?.[0]).toBeGreaterThan(119);
    expect(extent([{ longitude: null, latitude: null }])).toBeNull();
  });

  it('filter sensors by state and words', () => {
    const sensor = {
      id: 'up-01',
      name: '下穿通道',
      name_en: 'Underpass 1',
      domain: 'environment',
      kind: '',
      longitude: null,
      latitude: null,
      district: 'x',
      state: 'major',
    } as const;

    expect(passes({ ...ALL_SENSORS, state: NOT_NORMAL, q: 'UNDER up-01' }, sensor)).toBe(true);
    expect(passes({ ...ALL_SENSORS, state: 'normal' }, sensor)).toBe(false);
  });
});
