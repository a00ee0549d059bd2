/** Whether the screen shows the city as it is now, and what to do when it does not. */

import { ApiError } from '../api';
import { Live, type LiveState } from '../live';
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

  /** Listen to the city; returns what ends it. */
  start(): () => void {
    const live = new Live({
      incident: (news) => {
        incidents.hear(news);
      },
      sensors: (changes) => {
        sensors.hear(changes);
      },
      list: (name) => {
        if (name === 'hints') hints.hear();
        else (name === 'duty' ? gaps : responses).hear();
      },
      beat: (beat) => {
        time.follow(beat.time);
        this.ingest = beat.ingest;
      },
      gone: () => void this.#reload(),
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

/** Let an unanswered request pass: the stale cover already says that the server is away. */
async function quietly(asked: Promise<unknown>): Promise<void> {
  try {
    await asked;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}

export const connection = new Connection();
