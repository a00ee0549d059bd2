/** What stands on the part of the map that is looked at: teams, pumps, materials, and from near also components. */

import { read, asRefusal, type ApiError, type Query } from '../api';
import { groupOf, PART_GROUPS, type Component, type PartGroup } from '../model/parts';
import type { Page } from '../model/wire';

/** Components are many: they are asked for from this zoom on. */
export const COMPONENTS_FROM_ZOOM = 12.5;
const MOST = 500;

export interface View {
  west: number;
  south: number;
  east: number;
  north: number;
  zoom: number;
}

export class Parts {
  /** which groups are wanted on the map */
  wanted = $state.raw<ReadonlySet<PartGroup>>(new Set(PART_GROUPS.filter((group) => group !== 'component')));
  /** more stand here than were asked for */
  cut = $state(false);
  error = $state.raw<ApiError | null>(null);
  #found = $state.raw<readonly Component[]>([]);
  #view = $state.raw<View | null>(null);
  #asked = 0;

  list = $derived(this.#found.filter((part) => this.wanted.has(groupOf(part))));
  tooFar = $derived(this.wanted.has('component') && this.#view !== null && this.#view.zoom < COMPONENTS_FROM_ZOOM);

  toggle(group: PartGroup): void {
    const wanted = new Set(this.wanted);
    if (!wanted.delete(group)) wanted.add(group);
    this.wanted = wanted;
    if (this.#view !== null) void this.look(this.#view);
  }

  async look(view: View): Promise<void> {
    this.#view = view;
    const asked = ++this.#asked;
    const near = this.wanted.has('component') && view.zoom >= COMPONENTS_FROM_ZOOM;
    try {
      const pages = await Promise.all([ask(view, true), ...(near ? [ask(view, false)] : [])]);
      if (asked !== this.#asked) return;
      this.#found = pages.flatMap((page) => page.items);
      this.cut = pages.some((page) => page.next !== null);
      this.error = null;
    } catch (error) {
      this.error = asRefusal(error);
    }
  }
}

function ask({ west, south, east, north }: View, help: boolean): Promise<Page<Component>> {
  const query: Query = { west, south, east, north, help, limit: MOST };
  return read<Page<Component>>('/components', query);
}
