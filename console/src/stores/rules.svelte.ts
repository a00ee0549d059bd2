/** What the rules in force are called; read once, when a name is first wanted. */

import { ApiError, read } from '../api';
import { say } from '../i18n/index.svelte';
import type { Bilingual, Items } from '../model/wire';

class Rules {
  #names = $state.raw<ReadonlyMap<string, Bilingual>>(new Map());

  /** Read the names anew: the book may have been changed. */
  async load(): Promise<void> {
    try {
      const { items } = await read<Items<{ id: string; name: Bilingual }>>('/rules');
      this.#names = new Map(items.map((rule) => [rule.id, rule.name]));
    } catch (error) {
      // Ids stand for the names while ingest, which keeps the book, is away.
      if (!(error instanceof ApiError)) throw error;
    }
  }

  /** The name of a rule; its id where the book in force has no such rule. */
  called(id: string): string {
    return say(this.#names.get(id) ?? id);
  }
}

export const rules = new Rules();
