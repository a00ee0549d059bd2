/** The live stream: alone owns the EventSource, resumes it, judges its age, and says so. */

import { liveAddress } from './api';
import type { IncidentNews } from './model/incident';
import type { SensorChange } from './model/wire';
import { RECONNECT_CAP_MS, RECONNECT_FIRST_MS, STALE_AFTER_MS, WATCH_EVERY_MS } from './timing';

export type LiveState = 'connecting' | 'live' | 'stale';

export interface Beat {
  time: string;
  number: number;
  ingest: boolean;
}

/** Who listens; each is called on the page's own thread, in the order of the stream. */
export interface Listener {
  incident(news: IncidentNews): void;
  sensors(changes: SensorChange[]): void;
  /** A list of the whole city is to be read again. */
  list(name: string): void;
  beat(beat: Beat): void;
  /** From now on the stream tells of all that happens: what was read before it began is read again. */
  begun(): void;
  /** The stream is `state`; `heard_ms` is when it last said anything, null for never. */
  state(state: LiveState, heard_ms: number | null): void;
  /** The server did not accept the stream: perhaps the session ended. */
  refused(): void;
}

/** What the stream needs from the browser; tests bring their own. */
export interface Surroundings {
  open(address: string): EventSource;
  now(): number;
  random(): number;
  every(run: () => void, span_ms: number): () => void;
  after(run: () => void, span_ms: number): () => void;
}

export const browser: Surroundings = {
  open: (address) => new EventSource(address),
  now: () => Date.now(),
  random: () => Math.random(),
  every: (run, span_ms) => {
    const timer = setInterval(run, span_ms);
    return () => {
      clearInterval(timer);
    };
  },
  after: (run, span_ms) => {
    const timer = setTimeout(run, span_ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

export class Live {
  #source: EventSource | null = null;
  #number: number | null = null;
  /** Whether the stream, which was opened without a place to go on from, has said nothing yet. */
  #begins = false;
  #heard_ms: number | null = null;
  #opened_ms = 0;
  #attempt = 0;
  #state: LiveState = 'connecting';
  #stopWatch: () => void = () => undefined;
  #cancelRetry: (() => void) | null = null;

  constructor(
    private readonly listener: Listener,
    private readonly around: Surroundings = browser,
  ) {}

  start(): void {
    this.#stopWatch = this.around.every(() => {
      this.#watch();
    }, WATCH_EVERY_MS);
    this.#connect();
  }

  stop(): void {
    this.#stopWatch();
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    this.#close();
  }

  #connect(): void {
    this.#close();
    this.#opened_ms = this.around.now();
    this.#begins = this.#number === null;
    const source = this.around.open(liveAddress(this.#number));
    this.#source = source;
    this.#on(source, 'incident', (data) => {
      this.listener.incident(data as IncidentNews);
    });
    this.#on(source, 'sensors', (data) => {
      this.listener.sensors(data as SensorChange[]);
    });
    this.#on(source, 'list', (data) => {
      this.listener.list((data as { list: string }).list);
    });
    this.#on(source, 'beat', (data) => {
      this.listener.beat(data as Beat);
    });
    this.#on(source, 'gone', () => {
      this.#restartFromNow();
    });
    source.onerror = () => {
      if (source.readyState === source.CLOSED) this.#refused();
    };
  }

  #on(source: EventSource, name: string, take: (data: unknown) => void): void {
    source.addEventListener(name, (message: MessageEvent<string>) => {
      if (source !== this.#source) return;
      if (message.lastEventId !== '') this.#number = Number(message.lastEventId);
      this.#hear();
      take(JSON.parse(message.data));
    });
  }

  #hear(): void {
    this.#heard_ms = this.around.now();
    this.#attempt = 0;
    this.#become('live');
    if (!this.#begins) return;
    this.#begins = false;
    this.listener.begun();
  }

  #watch(): void {
    const now_ms = this.around.now();
    if (now_ms - (this.#heard_ms ?? this.#opened_ms) <= STALE_AFTER_MS) return;
    this.#become('stale');
    // A stream that is open but silent (a sleeping laptop, a dead proxy) is opened anew.
    if (this.#cancelRetry === null && now_ms - this.#opened_ms > STALE_AFTER_MS) this.#retry();
  }

  #refused(): void {
    this.listener.refused();
    this.#retry();
  }

  #restartFromNow(): void {
    this.#number = null;
    this.#connect();
  }

  #retry(): void {
    this.#close();
    const cap_ms = Math.min(RECONNECT_CAP_MS, RECONNECT_FIRST_MS * 2 ** this.#attempt);
    this.#attempt += 1;
    this.#cancelRetry?.();
    this.#cancelRetry = this.around.after(
      () => {
        this.#cancelRetry = null;
        this.#connect();
      },
      cap_ms * (0.5 + this.around.random() / 2),
    );
  }

  #close(): void {
    this.#source?.close();
    this.#source = null;
  }

  #become(state: LiveState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.listener.state(state, this.#heard_ms);
  }
}
