/** The time that every clock on the screen shows: one tick a second, set by the server's beat. */

import { TICK_MS } from '../timing';

class Time {
  now_ms = $state(Date.now());
  #offset_ms = 0;

  /** Start ticking; returns what stops it. */
  start(): () => void {
    const timer = setInterval(() => {
      this.now_ms = Date.now() + this.#offset_ms;
    }, TICK_MS);
    return () => {
      clearInterval(timer);
    };
  }

  /** Follow the server's clock, so that a wall with a wrong one still shows right deadlines. */
  follow(server: string): void {
    this.#offset_ms = Date.parse(server) - Date.now();
  }
}

export const time = new Time();
