/** The linkage queue as lists that follow the live stream; each list is replaced, never patched. */

import { ApiError, read, type Query } from '../api';
import { isOpen, type IncidentNews, type IncidentSummary } from '../model/incident';
import { admits, EVERYTHING, mustSound, ORDERS, toQuery, type Filter } from '../model/queue';
import type { Page } from '../model/wire';

const PAGE_SIZE = 200;
const NEWS_KEPT = 40;

/** The incidents that one filter lets through, in the order of the queue. */
export class IncidentList {
  items = $state.raw<readonly IncidentSummary[]>([]);
  total = $state(0);
  /** false: there are at least `total` */
  exact = $state(true);
  error = $state.raw<ApiError | null>(null);
  loaded = $state(false);
  filter = $state.raw<Filter>(EVERYTHING);
  #next = $state.raw<string | null>(null);
  #asked = 0;
  #asking = 0;
  /** What was heard while the server was asked: its answer may be older. */
  #meanwhile: IncidentNews[] = [];

  async load(filter: Filter = this.filter): Promise<void> {
    this.filter = filter;
    this.#next = null;
    await this.#fetch([]);
  }

  async more(): Promise<void> {
    if (this.#next !== null) await this.#fetch(this.items);
  }

  get hasMore(): boolean {
    return this.#next !== null;
  }

  /** Take in what happened; asks the server again when only the server can tell whether it belongs here. */
  hear(news: IncidentNews): void {
    if (this.#asking > 0) this.#meanwhile.push(news);
    const known = this.items.find((item) => item.id === news.id);
    if (known !== undefined && known.version > news.version) return;
    const belongs = admits(this.filter, news) ?? (known !== undefined ? true : null);
    if (belongs === null) {
      void this.load();
      return;
    }
    const others = this.items.filter((item) => item.id !== news.id);
    this.items = belongs ? [...others, news].sort(ORDERS[this.filter.scope]) : others;
    this.total += Number(belongs) - Number(known !== undefined);
  }

  async #fetch(before: readonly IncidentSummary[]): Promise<void> {
    const asked = ++this.#asked;
    this.#asking += 1;
    try {
      const query: Query = { ...toQuery(this.filter), limit: PAGE_SIZE };
      if (this.#next !== null) query['after'] = this.#next;
      const page = await read<Page<IncidentSummary>>('/incidents', query);
      if (asked === this.#asked) this.#take(before, page);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (asked === this.#asked) this.error = error;
    } finally {
      this.#asking -= 1;
    }
    if (this.#asking === 0) for (const news of this.#meanwhile.splice(0)) this.hear(news);
  }

  #take(before: readonly IncidentSummary[], page: Page<IncidentSummary>): void {
    const fresh = new Set(page.items.map((item) => item.id));
    this.items = [...before.filter((item) => !fresh.has(item.id)), ...page.items];
    this.#next = page.next ?? null;
    this.total = page.total ?? this.items.length;
    this.exact = page.exact ?? true;
    this.error = null;
    this.loaded = true;
  }
}

class Incidents {
  /** Everything open: what the wall, the map and the sound follow. */
  readonly open = new IncidentList();
  /** What just happened, newest first. */
  news = $state.raw<readonly IncidentNews[]>([]);
  sounding = $derived(this.open.items.filter(mustSound));
  #lists = new Set<IncidentList>([this.open]);
  #watchers = new Set<(news: IncidentNews) => void>();

  async load(): Promise<void> {
    await Promise.all([...this.#lists].map((list) => list.load()));
  }

  /** Let `list` follow the stream until the returned function is called. */
  follow(list: IncidentList): () => void {
    this.#lists.add(list);
    return () => this.#lists.delete(list);
  }

  /** Tell `watcher` of everything that happens until the returned function is called. */
  watch(watcher: (news: IncidentNews) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  hear(news: IncidentNews): void {
    this.news = [news, ...this.news].slice(0, NEWS_KEPT);
    for (const list of this.#lists) list.hear(news);
    for (const watcher of this.#watchers) watcher(news);
  }

  /** Open incidents at a sensor. */
  at(sensor: string): IncidentSummary[] {
    return this.open.items.filter((item) => item.sensor === sensor && isOpen(item));
  }
}

export const incidents = new Incidents();
