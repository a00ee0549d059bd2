import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tongue } from '../src/i18n/index.svelte';
import { EVERYTHING } from '../src/model/queue';
import type { City } from '../src/model/wire';
import { city } from '../src/stores/city.svelte';
import { IncidentList } from '../src/stores/incidents.svelte';
import { byState, sensors } from '../src/stores/sensors.svelte';
import { placeOf, whereOf } from '../src/stores/where';
import { incident, news } from './summaries';

function answers(body: unknown): void {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify(body))));
}

afterEach(() => {
  tongue.speak('zh');
  vi.unstubAllGlobals();
});

describe('a list of incidents', () => {
  let list: IncidentList;

  beforeEach(async () => {
    answers({ items: [incident({ id: '1', version: 3 }), incident({ id: '2' })], next: null, total: 2 });
    list = new IncidentList();
    await list.load(EVERYTHING);
  });

  it('takes in a new incident at its place', () => {
    list.hear(news('open', { id: '3', priority: 1 }));

    expect(list.items.map((one) => one.id)).toEqual(['3', '1', '2']);
    expect(list.total).toBe(3);
  });

  it('replaces the incident that changed', () => {
    list.hear(news('acknowledge', { id: '1', version: 4, acknowledged_at: '2026-11-20T08:01:00.000Z' }));

    expect(list.items.map((one) => [one.id, one.version])).toEqual([
      ['2', 1],
      ['1', 4],
    ]);
    expect(list.total).toBe(2);
  });

  it('lets go of an incident that ended', () => {
    list.hear(news('close', { id: '1', version: 4, state: 'closed' }));

    expect(list.items.map((one) => one.id)).toEqual(['2']);
    expect(list.total).toBe(1);
  });

  it('keeps what it has when the stream repeats what is older', () => {
    list.hear(news('acknowledge', { id: '1', version: 2, priority: 5 }));

    expect(list.items.find((one) => one.id === '1')?.priority).toBe(3);
  });

  it('keeps what it heard while the server was asked', async () => {
    let answer: (response: Response) => void = () => undefined;
    vi.stubGlobal('fetch', () => new Promise<Response>((resolve) => (answer = resolve)));
    const reading = list.load(EVERYTHING);
    list.hear(news('open', { id: '3', priority: 1 }));
    answer(new Response(JSON.stringify({ items: [incident({ id: '1' })], next: null, total: 1 })));
    await reading;

    expect(list.items.map((one) => one.id)).toEqual(['3', '1']);
    expect(list.total).toBe(2);
  });

  it('does not count one that was never its own', () => {
    list.hear(news('close', { id: '9', state: 'closed' }));

    expect(list.total).toBe(2);
  });

  it('says what went wrong and keeps its lines', async () => {
    vi.stubGlobal('fetch', () =>
      Promise.resolve(new Response('{"code":"store_unavailable","detail":"away","at":"x"}', { status: 503 })),
    );
    await list.load();

    expect(list.error?.code).toBe('store_unavailable');
    expect(list.items).toHaveLength(2);
  });
});

describe('the sensors', () => {
  beforeEach(async () => {
    answers({
      ids: ['a', 'b'],
      names: ['甲', '乙'],
      names_en: ['', 'B'],
      domains: ['traffic', 'video'],
      kinds: ['loop_detector', 'camera'],
      longitudes: [122.9, null],
      latitudes: [36.2, null],
      states: ['normal', 'normal'],
      districts: ['gangkou', 'laocheng'],
    });
    await sensors.load();
  });

  it('follow the stream by state and value', () => {
    const before = sensors.list;
    const value = { value: 12, unit: 'km/h', time: '2026-11-20T08:00:00.000Z', quality: [] };
    sensors.hear([{ id: 'a', state: 'critical', latest: { speed: value } }]);
    sensors.hear([{ id: 'a', state: 'critical', latest: { flow: { ...value, value: 900 } } }]);
    sensors.flush();

    expect(sensors.find('a')?.state).toBe('critical');
    expect(sensors.counts.traffic).toMatchObject({ critical: 1, normal: 0 });
    expect(Object.keys(sensors.latest.get('a') ?? {})).toEqual(['speed', 'flow']);
    expect(before[0]?.state).toBe('normal');
  });

  it('keep their list when only values changed', () => {
    const before = sensors.list;
    sensors.hear([{ id: 'b', state: 'normal', latest: {} }]);
    sensors.flush();

    expect(sensors.list).toBe(before);
  });

  it('come worst first', () => {
    sensors.hear([{ id: 'b', state: 'silent', latest: {} }]);
    sensors.flush();

    expect([...sensors.list].sort(byState).map((one) => one.id)).toEqual(['b', 'a']);
  });

  it('are called by their names, and by their ids where nobody knows them', () => {
    tongue.speak('en');

    expect(['a', 'b', 'c'].map((id) => sensors.called(id))).toEqual(['甲', 'B', 'c']);
  });

  it('name the place of an incident in the language of the screen, where it is called as they are', () => {
    tongue.speak('en');
    const where = (place: string, sensor: string | null): string => whereOf({ district: '', place, sensor });

    expect([where('乙', 'b'), where('乙', null), where('桥下', 'b')]).toEqual(['B', '乙', '桥下']);
    expect(placeOf({ place: '乙', sensor: 'b' })).toBe('B');
  });
});

describe('the city', () => {
  it('names the sites it knows and leaves other words as they are', () => {
    city.facts = {
      district_names: { donghe: { zh: '东河区', en: 'Donghe' } },
      site_names: { 'room-port': { zh: '港口调度机房', en: 'Port Dispatch Room' } },
    } as unknown as City;

    expect(city.where('donghe', 'room-port')).toBe('东河区 · 港口调度机房');
    expect(city.where('', '东门')).toBe('东门');
    city.facts = null;
  });

  it('knows a series by its quantity, and tells its label', () => {
    const quantities = { temperature: { unit: '°C', name: { zh: '温度', en: 'Temperature' } } };
    city.facts = { quantities } as unknown as City;
    const told = ['temperature', 'temperature/DS/2', 'temperature[?]', 'moonlight/DS'].map((one) => [
      city.quantity(one),
      city.unit(one),
    ]);

    expect(told).toEqual([
      ['温度', '°C'],
      ['温度 · DS/2', '°C'],
      ['temperature[?]', ''],
      ['moonlight/DS', ''],
    ]);
    city.facts = null;
  });
});
