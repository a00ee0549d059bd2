/** A list that an operator's page shows: read, read again, and gone on with. */

import { read, asRefusal, type ApiError, type Query } from '../api';
import type { Page } from '../model/wire';

const PAGE_SIZE = 100;

export class Listing<T> {
  items = $state.raw<readonly T[]>([]);
  next = $state<string | null>(null);
  error = $state.raw<ApiError | null>(null);
  loaded = $state(false);
  #wanted: Query = {};

  /** `cursor` is the parameter with which this list is gone on with. */
  constructor(
    private readonly path: string,
    private readonly cursor: 'after' | 'before' | null,
  ) {}

  /** Only what this asks for; it is read at once. */
  narrow(wanted: Query): Promise<void> {
    this.#wanted = wanted;
    return this.load();
  }

  load(): Promise<void> {
    return this.#read([], {});
  }

  more(): Promise<void> {
    if (this.cursor === null || this.next === null) return Promise.resolve();
    return this.#read(this.items, { [this.cursor]: this.next });
  }

  async #read(before: readonly T[], query: Query): Promise<void> {
    try {
      const page = await read<Page<T>>(
        this.path,
        this.cursor === null ? {} : { limit: PAGE_SIZE, ...this.#wanted, ...query },
      );
      this.items = [...before, ...page.items];
      this.next = page.next ?? null;
      this.error = null;
      this.loaded = true;
    } catch (error) {
      this.error = asRefusal(error);
    }
  }
}
