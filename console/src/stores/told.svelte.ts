/** Who was told of one incident, and whose answer is waited for. */

import { read, asRefusal, send, type ApiError } from '../api';
import type { Escalation, SentMessage } from '../model/telling';
import type { Items } from '../model/wire';

export class Told {
  messages = $state.raw<readonly SentMessage[]>([]);
  escalations = $state.raw<readonly Escalation[]>([]);
  error = $state.raw<ApiError | null>(null);
  #asked = 0;

  constructor(readonly incident: string) {}

  async load(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const [messages, escalations] = await Promise.all([
        read<Items<SentMessage>>('/messages', { incident: this.incident }),
        read<Items<Escalation>>('/escalations', { incident: this.incident }),
      ]);
      if (asked !== this.#asked) return;
      this.messages = messages.items;
      this.escalations = escalations.items;
      this.error = null;
    } catch (error) {
      this.error = asRefusal(error);
    }
  }

  /** Log a phone call; a refusal is thrown on. */
  async called(escalation: string, call: string | null, outcome: string, note: string): Promise<void> {
    await send('POST', `/escalations/${escalation}/called`, { outcome, note, call });
    await this.load();
  }
}
