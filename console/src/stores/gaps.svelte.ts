/** Where nobody will be on duty within a day: an alarm on every screen of those who can mend it. */

import { ApiError, read } from '../api';
import type { PostRoster, RosterSpan } from '../model/duty';
import { COALESCE_MS, LIST_REFRESH_MS } from '../timing';
import { session } from './session.svelte';
import { time } from './time.svelte';

/** Who changes rosters of the whole city, or answers for it. */
const IN_CHARGE = ['foreman', 'dispatcher', 'leader'] as const;

/** How far ahead a gap is near, as the server tells of it (`linkage.rosters.gap_ahead_h`). */
const AHEAD_MS = 24 * 3_600_000;

class Gaps {
  #posts = $state.raw<readonly PostRoster[]>([]);
  #soon: ReturnType<typeof setTimeout> | undefined;

  /** Gaps that are not over, with the post that they are in, the next one first. */
  near = $derived(
    this.#posts
      .flatMap((post) => post.gaps.map((gap) => ({ post, gap })))
      .filter(({ gap }) => Date.parse(gap.to_at) > time.now_ms)
      .sort((one, other) => Date.parse(one.gap.from_at) - Date.parse(other.gap.from_at)),
  );

  /** Read again soon, once for all that is said until then. */
  hear(wait_ms: number = COALESCE_MS): void {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => void this.load(), wait_ms);
  }

  async load(): Promise<void> {
    if (!session.has(...IN_CHARGE)) return;
    const span = { from: new Date(time.now_ms), to: new Date(time.now_ms + AHEAD_MS) };
    try {
      const query = { from: span.from.toISOString(), to: span.to.toISOString() };
      this.#posts = (await read<RosterSpan>('/rosters', query)).posts;
    } catch (error) {
      // What was known stays; the connection lamp says that it is old.
      if (!(error instanceof ApiError)) throw error;
      this.hear(LIST_REFRESH_MS);
    }
  }
}

export const gaps = new Gaps();
