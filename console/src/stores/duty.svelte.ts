/** Who is on duty now, for every page that names a department: read again when it may have changed. */

import { read, asRefusal, type ApiError } from '../api';
import type { DutyPerson, PostDuty } from '../model/duty';
import { DUTY_REFRESH_MS } from '../timing';

class Duty {
  posts = $state.raw<readonly PostDuty[]>([]);
  error = $state.raw<ApiError | null>(null);
  /** whether an answer came: until then nobody knows that there are no posts */
  known = $state(false);

  /** Read now and again and again; returns what ends it. */
  follow(): () => void {
    void this.load();
    const timer = setInterval(() => void this.load(), DUTY_REFRESH_MS);
    return () => {
      clearInterval(timer);
    };
  }

  async load(): Promise<void> {
    try {
      this.posts = (await read<{ posts: PostDuty[] }>('/duty')).posts;
      this.error = null;
      this.known = true;
    } catch (error) {
      this.error = asRefusal(error);
    }
  }

  /** Whom a department has on duty, its leader last; null where no roster says it. */
  of(department: string): DutyPerson[] | null {
    const posts = this.posts.filter((post) => post.department === department);
    if (posts.length === 0) return null;
    return [...posts].sort((one, other) => Number(other.signs) - Number(one.signs)).flatMap((post) => post.people);
  }
}

export const duty = new Duty();
