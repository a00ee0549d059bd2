/** One incident whole, as this person may see it and act on it; follows the live stream. */

import { ApiError, read, asRefusal, send } from '../api';
import type { Incident, IncidentNews, Step, StepChoice } from '../model/incident';

export class Case {
  facts = $state.raw<Incident | null>(null);
  error = $state.raw<ApiError | null>(null);
  #asked = 0;

  constructor(readonly id: string) {}

  async load(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const facts = await read<Incident>(`/incidents/${this.id}`);
      if (asked !== this.#asked) return;
      this.#take(facts);
    } catch (error) {
      this.error = asRefusal(error);
    }
  }

  hear(news: IncidentNews): void {
    if (news.id === this.id && news.version > (this.facts?.version ?? -1)) void this.load();
  }

  /** Take a step. A refusal reads the incident again, since it shows that ours was old, and is thrown on. */
  async step(step: Step, choice: StepChoice): Promise<void> {
    const address = step.task === null ? `/incidents/${this.id}/steps` : `/tasks/${step.task}/steps`;
    try {
      this.#take(await send<Incident>('POST', address, { step: step.step, ...choice }));
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) await this.load();
      throw error;
    }
  }

  #take(facts: Incident): void {
    if (this.facts !== null && facts.version < this.facts.version) return;
    this.facts = facts;
    this.error = null;
  }
}
