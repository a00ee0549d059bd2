/** Says when hints about sensors have changed, so that the page that lists them reads them again. */

import { COALESCE_MS } from '../timing';

class Hints {
  /** Grows whenever there is something new. */
  news = $state(0);
  #soon: ReturnType<typeof setTimeout> | undefined;

  /** Once for all that is said until then. */
  hear(): void {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => {
      this.news += 1;
    }, COALESCE_MS);
  }
}

export const hints = new Hints();
