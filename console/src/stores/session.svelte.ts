/** Who is signed in. */

import { ApiError, read, send } from '../api';
import { tongue } from '../i18n/index.svelte';
import { forgetAnswers } from '../phone/shell';
import type { User } from '../model/wire';

class Session {
  user = $state.raw<User | null>(null);
  /** False until the first answer: neither the page nor the sign-in form is drawn before. */
  known = $state(false);

  async load(): Promise<void> {
    try {
      this.#take((await read<{ user: User }>('/session')).user);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status !== 401) throw error;
      this.#take(null);
    }
  }

  async signIn(username: string, password: string): Promise<void> {
    this.#take((await send<{ user: User }>('POST', '/session', { username, password })).user);
  }

  async useLink(token: string): Promise<void> {
    this.#take((await send<{ user: User }>('POST', '/session/link', { token })).user);
  }

  async signOut(): Promise<void> {
    await send('DELETE', '/session');
    await forgetAnswers();
    this.#take(null);
  }

  has(...roles: string[]): boolean {
    return this.user?.roles.some((role) => roles.includes(role)) ?? false;
  }

  #take(user: User | null): void {
    this.user = user;
    this.known = true;
    if (user !== null) tongue.suggest(user.language);
  }
}

export const session = new Session();
