/** How many incidents are open, by the server's own count: the lists hold only their first pages. */

import { ApiError, read } from '../api';
import type { QueueCounts } from '../model/wire';
import { COUNT_PAUSE_MS } from '../timing';
import { incidents } from './incidents.svelte';

const NONE: QueueCounts = { open: 0, unacknowledged: 0, overdue: 0, by_priority: {} };

class Counts {
  now = $state.raw<QueueCounts>(NONE);
  #timer: ReturnType<typeof setTimeout> | undefined;

  async load(): Promise<void> {
    try {
      this.now = await read<QueueCounts>('/incidents/counts');
    } catch (error) {
      // The numbers stay as they were; that the server is away is said by the connection's own mark.
      if (!(error instanceof ApiError)) throw error;
    }
  }

  /** Count again soon, once for all that happens until then. */
  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.load();
    }, COUNT_PAUSE_MS);
  }

  /** Follow the stream, and the clock for what becomes overdue, until the returned function is called. */
  follow(): () => void {
    void this.load();
    const unwatch = incidents.watch(() => {
      this.#soon();
    });
    const again = setInterval(() => void this.load(), COUNT_PAUSE_MS * 10);
    return () => {
      unwatch();
      clearInterval(again);
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  }
}

export const counts = new Counts();
