import { beforeEach, describe, expect, it } from 'vitest';
import { Live, type Listener, type Surroundings } from '../src/live';
import { RECONNECT_CAP_MS, STALE_AFTER_MS, WATCH_EVERY_MS } from '../src/timing';

/** A browser whose streams and clock the test moves. */
class Stage implements Surroundings {
  now_ms = 0;
  streams: FakeStream[] = [];
  #timers: { due_ms: number; every_ms: number | null; run: () => void }[] = [];

  open(address: string): EventSource {
    const stream = new FakeStream(address);
    this.streams.push(stream);
    return stream as unknown as EventSource;
  }

  now(): number {
    return this.now_ms;
  }

  random(): number {
    return 1;
  }

  every(run: () => void, span_ms: number): () => void {
    return this.#add({ due_ms: this.now_ms + span_ms, every_ms: span_ms, run });
  }

  after(run: () => void, span_ms: number): () => void {
    return this.#add({ due_ms: this.now_ms + span_ms, every_ms: null, run });
  }

  pass(span_ms: number): void {
    const until_ms = this.now_ms + span_ms;
    for (;;) {
      const next = this.#timers.toSorted((a, b) => a.due_ms - b.due_ms)[0];
      if (next === undefined || next.due_ms > until_ms) break;
      this.now_ms = next.due_ms;
      if (next.every_ms === null) this.#timers = this.#timers.filter((timer) => timer !== next);
      else next.due_ms += next.every_ms;
      next.run();
    }
    this.now_ms = until_ms;
  }

  get newest(): FakeStream {
    const stream = this.streams.at(-1);
    if (stream === undefined) throw new Error('Expected an open stream');
    return stream;
  }

  get running(): number {
    return this.#timers.length;
  }

  #add(timer: { due_ms: number; every_ms: number | null; run: () => void }): () => void {
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  }
}

class FakeStream {
  readonly CLOSED = 2;
  readyState = 1;
  onerror: (() => void) | null = null;
  #takers = new Map<string, (message: unknown) => void>();

  constructor(readonly address: string) {}

  addEventListener(name: string, take: (message: unknown) => void): void {
    this.#takers.set(name, take);
  }

  close(): void {
    this.readyState = 2;
  }

  say(name: string, data: unknown, lastEventId = ''): void {
    this.#takers.get(name)?.({ data: JSON.stringify(data), lastEventId });
  }

  refuse(): void {
    this.readyState = 2;
    this.onerror?.();
  }
}

describe('the live stream', () => {
  let stage: Stage;
  let told: string[];
  let live: Live;

  beforeEach(() => {
    stage = new Stage();
    told = [];
    const listener: Listener = {
      incident: (news) => told.push(`incident ${news.id}`),
      sensors: (changes) => told.push(`sensors ${changes.length}`),
      list: (name) => told.push(`list ${name}`),
      beat: () => told.push('beat'),
      begun: () => told.push('begun'),
      refused: () => told.push('refused'),
      state: (state, heard_ms) => told.push(`${state} ${heard_ms}`),
    };
    live = new Live(listener, stage);
    live.start();
  });

  function beat(number: number): void {
    stage.newest.say('beat', { time: '2026-11-20T08:00:00.000Z', number, ingest: true }, String(number));
  }

  it('begins with what happens from now on', () => {
    expect(stage.newest.address).toBe('/api/v1/live');
  });

  it('is live as soon as it says anything', () => {
    stage.newest.say('incident', { id: '7' }, '12');
    stage.newest.say('list', { list: 'drills' }, '13');

    expect(told).toEqual(['live 0', 'begun', 'incident 7', 'list drills']);
  });

  it('stays live while it beats', () => {
    for (let second = 0; second < 60; second += 2) {
      beat(1);
      stage.pass(2_000);
    }

    expect(told.filter((one) => one !== 'beat')).toEqual(['live 0', 'begun']);
  });

  it('is stale five seconds after the last word, and says since when', () => {
    stage.pass(1_000);
    beat(1);
    stage.pass(STALE_AFTER_MS);
    expect(told).toEqual(['live 1000', 'begun', 'beat']);

    stage.pass(WATCH_EVERY_MS);
    expect(told.at(-1)).toBe('stale 1000');
  });

  it('is stale when it never said anything', () => {
    stage.pass(STALE_AFTER_MS + WATCH_EVERY_MS);

    expect(told).toEqual(['stale null']);
  });

  it('opens again after the last event it saw, and is live again by itself', () => {
    beat(41);
    stage.newest.say('incident', { id: '7' }, '42');
    stage.pass(STALE_AFTER_MS + 2 * WATCH_EVERY_MS);
    expect(stage.streams).toHaveLength(2);
    expect(stage.newest.address).toBe('/api/v1/live?after=42');

    stage.newest.say('incident', { id: '8' }, '43');
    expect(told.slice(-2)).toEqual([`live ${stage.now_ms}`, 'incident 8']);
    expect(told.filter((one) => one === 'begun')).toHaveLength(1);
  });

  it('ignores what a stream says that was given up', () => {
    beat(1);
    const old = stage.newest;
    stage.pass(STALE_AFTER_MS + 2 * WATCH_EVERY_MS);
    old.say('incident', { id: '9' }, '99');

    expect(told).not.toContain('incident 9');
  });

  it('reads everything again when what it missed is gone', () => {
    beat(5);
    stage.newest.say('gone', { number: 900 }, '900');
    expect(stage.newest.address).toBe('/api/v1/live');
    beat(900);
    expect(told.slice(-2)).toEqual(['begun', 'beat']);
  });

  it('asks why it was refused, and tries again ever more slowly up to a cap', () => {
    const waits_ms = Array.from({ length: 8 }, () => {
      stage.newest.refuse();
      const [before_ms, opened] = [stage.now_ms, stage.streams.length];
      while (stage.streams.length === opened) stage.pass(100);
      return stage.now_ms - before_ms;
    });

    expect(told.filter((one) => one === 'refused')).toHaveLength(8);
    expect(waits_ms.slice(0, 3)).toEqual([500, 1_000, 2_000]);
    expect(Math.max(...waits_ms)).toBe(RECONNECT_CAP_MS);
  });

  it('leaves nothing running when it stops', () => {
    stage.newest.refuse();
    live.stop();

    expect(stage.running).toBe(0);
    expect(stage.newest.readyState).toBe(2);
  });
});
