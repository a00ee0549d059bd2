/** What is proposed, what runs and what is played: read again often, and at once when an incident changes. */

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

  /** Follow while a screen is signed in; returns what ends it. */
  start(): () => void {
    void this.load();
    const every = setInterval(() => void this.load(), LIST_REFRESH_MS);
    const leave = incidents.watch(() => {
      clearTimeout(this.#soon);
      this.#soon = setTimeout(() => void this.load(), COALESCE_MS);
    });
    return () => {
      clearInterval(every);
      clearTimeout(this.#soon);
      leave();
    };
  }

  async load(): Promise<void> {
    try {
      this.drills = (await read<{ items: Drill[] }>('/drills', { running: true })).items;
      if (!session.has(...SEES_WORK)) return;
      this.proposals = (await read<{ items: Proposal[] }>('/response-proposals')).items;
      this.running = (await read<{ items: ResponseLine[] }>('/activations', { running: true })).items;
    } catch (error) {
      // What was known stays; the connection lamp says that it is old.
      if (!(error instanceof ApiError)) throw error;
    }
  }

  /** The proposals that name an incident, or all that name none. */
  about(incident: string): readonly Proposal[] {
    return this.proposals.filter((one) => one.incidents.includes(incident));
  }
}

export const responses = new Responses();
