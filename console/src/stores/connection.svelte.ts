/** Whether the screen shows the city as it is now, and what to do when it does not. */

import { ApiError } from '../api';
import { Live, type LiveState } from '../live';
import { STREAM_WAIT_MS } from '../timing';
import { gaps } from './gaps.svelte';
import { hints } from './hints.svelte';
import { incidents } from './incidents.svelte';
import { responses } from './responses.svelte';
import { sensors } from './sensors.svelte';
import { session } from './session.svelte';
import { time } from './time.svelte';

class Connection {
  state = $state<LiveState>('connecting');
  /** When the stream last said anything. */
  heard_ms = $state<number | null>(null);
  /** Whether ingest hears the city's broker; without it no reading is new. */
  ingest = $state(true);
  stale = $derived(this.state === 'stale');

  #begin: () => void = () => undefined;

  /**
   * Wait until the stream tells of all that happens, but not for long: what is read then misses nothing. A stream
   * that begins later has everything read again.
   */
  async ready(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#begin = resolve;
      if (this.state === 'live') resolve();
      setTimeout(resolve, STREAM_WAIT_MS);
    });
    this.#begin = () => void this.#reload();
  }

  /** Listen to the city; returns what ends it. */
  start(): () => void {
    const live = new Live({
      incident: (news) => {
        incidents.hear(news);
      },
      sensors: (changes) => {
        sensors.hear(changes);
      },
      list: hear,
      beat: (beat) => {
        time.follow(beat.time);
        this.ingest = beat.ingest;
      },
      begun: () => {
        this.#begin();
      },
      refused: () => void this.#askWhy(),
      state: this.#become,
    });
    live.start();
    return () => {
      live.stop();
    };
  }

  readonly #become = (state: LiveState, heard_ms: number | null): void => {
    this.state = state;
    this.heard_ms = heard_ms;
    // What changed while nothing was heard is read again.
    if (state !== 'live') return;
    responses.hear();
    gaps.hear();
    hints.hear();
  };

  async #reload(): Promise<void> {
    await quietly(Promise.all([sensors.load(), incidents.load(), responses.load()]));
  }

  async #askWhy(): Promise<void> {
    await quietly(session.load());
  }
}

function hear(list: string): void {
  if (list === 'hints') hints.hear();
  else (list === 'duty' ? gaps : responses).hear();
}

/** Let an unanswered request pass: the stale cover already says that the server is away. */
async function quietly(asked: Promise<unknown>): Promise<void> {
  try {
    await asked;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}

export const connection = new Connection();
