/** What is proposed, what runs and what is played: read again when the stream says that it changed. */

import { ApiError, read } from '../api';
import type { Proposal, ResponseLine } from '../model/plans';
import { SEES_WORK } from '../model/roles';
import type { Drill } from '../model/warnings';
import { COALESCE_MS, LIST_REFRESH_MS } from '../timing';
import { incidents } from './incidents.svelte';
import { session } from './session.svelte';

class Responses {
  proposals = $state.raw<readonly Proposal[]>([]);
  running = $state.raw<readonly ResponseLine[]>([]);
  drills = $state.raw<readonly Drill[]>([]);
  #soon: ReturnType<typeof setTimeout> | undefined;
  #due_ms = Infinity;

  /** Follow while a screen is signed in; returns what ends it. */
  start(): () => void {
    void this.load();
    const leave = incidents.watch((news) => {
      // How far its departments have come is told of the incident itself.
      if (news.response_level !== '') this.hear();
    });
    return () => {
      clearTimeout(this.#soon);
      this.#due_ms = Infinity;
      leave();
    };
  }

  /** Read again soon, once for all that is said until then; a storm of news puts it off no further. */
  hear(wait_ms: number = COALESCE_MS): void {
    const due_ms = Date.now() + wait_ms;
    if (this.#due_ms <= due_ms) return;
    clearTimeout(this.#soon);
    this.#due_ms = due_ms;
    this.#soon = setTimeout(() => void this.load(), wait_ms);
  }

  async load(): Promise<void> {
    this.#due_ms = Infinity;
    try {
      this.drills = (await read<{ items: Drill[] }>('/drills', { running: true })).items;
      if (!session.has(...SEES_WORK)) return;
      this.proposals = (await read<{ items: Proposal[] }>('/response-proposals')).items;
      this.running = (await read<{ items: ResponseLine[] }>('/activations', { running: true })).items;
    } catch (error) {
      // What was known stays; the connection lamp says that it is old.
      if (!(error instanceof ApiError)) throw error;
      this.hear(LIST_REFRESH_MS);
    }
  }

  /** The proposals that name an incident, or all that name none. */
  about(incident: string): readonly Proposal[] {
    return this.proposals.filter((one) => one.incidents.includes(incident));
  }
}

export const responses = new Responses();
