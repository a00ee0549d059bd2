/** Sends what this device has still to send, in order, whenever the server can be reached. */

import { ApiError, sendKeyed } from '../api';
import { session } from '../stores/session.svelte';
import { SEND_AGAIN_MS } from '../timing';
import { nextOf, type Errand, type NewErrand } from './errand';
import { forget, keep, kept, rewrite } from './keeping';

type Answered = (errand: Errand, answer: unknown) => void;

/** Refusals after which the same request may yet be taken: not signed in, too many, the server is unwell. */
function mayPass(error: ApiError): boolean {
  return [0, 401, 429].includes(error.status) || error.status >= 500;
}

class Outbox {
  #all = $state.raw<readonly Errand[]>([]);
  /** This user's errands, oldest first. */
  items = $derived(this.#all.filter((errand) => errand.user === session.user?.id));
  waiting = $derived(this.items.filter((errand) => errand.refusal === null).length);
  refused = $derived(this.items.filter((errand) => errand.refusal !== null));
  /** Why nothing could be sent last time; null while the server answers. */
  trouble = $state.raw<ApiError | null>(null);
  #sending: Promise<void> | null = null;
  readonly #watchers = new Set<Answered>();

  /** Read what is kept and go on sending it; returns what ends that. */
  start(): () => void {
    const again = (): void => void this.flush();
    const timer = setInterval(again, SEND_AGAIN_MS);
    window.addEventListener('online', again);
    void this.#read().then(again);
    return () => {
      clearInterval(timer);
      window.removeEventListener('online', again);
    };
  }

  /** Keep errands on the device, all before the first is sent. */
  async add(...errands: NewErrand[]): Promise<Errand[]> {
    const user = session.user?.id ?? '';
    const made: Errand[] = [];
    for (const errand of errands) {
      made.push(await keep({ ...errand, user, made_at: new Date().toISOString(), refusal: null }));
    }
    this.#all = [...this.#all, ...made];
    return made;
  }

  /** Send what can be sent; one flush at a time, and a second call waits for what came meanwhile. */
  async flush(): Promise<void> {
    while (this.#sending !== null) await this.#sending;
    this.#sending = this.#send();
    try {
      await this.#sending;
    } finally {
      this.#sending = null;
    }
  }

  /** Tell `watcher` of every answer; returns what ends that. */
  watch(watcher: Answered): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Give up an errand that was refused. */
  async drop(errand: Errand): Promise<void> {
    await forget(errand.id);
    this.#all = this.#all.filter((one) => one.id !== errand.id);
    await this.flush();
  }

  /** Return the errand if it was refused. */
  refusalOf(errand: Errand): ApiError | null {
    const refusal = this.#all.find((one) => one.id === errand.id)?.refusal ?? null;
    return refusal === null ? null : new ApiError(409, refusal.code, refusal.detail, errand.path);
  }

  isKept(errand: Errand): boolean {
    return this.#all.some((one) => one.id === errand.id);
  }

  async #read(): Promise<void> {
    this.#all = await kept();
  }

  async #send(): Promise<void> {
    for (let next = nextOf(this.items); next !== null; next = nextOf(this.items)) {
      if (!(await this.#sendOne(next))) return;
    }
  }

  /** Send one errand; return whether the next may follow. */
  async #sendOne(errand: Errand): Promise<boolean> {
    try {
      const answer = await sendKeyed<unknown>(errand.method, errand.path, errand.photo ?? errand.body, errand.key);
      await forget(errand.id);
      this.#all = this.#all.filter((one) => one.id !== errand.id);
      this.trouble = null;
      for (const watcher of this.#watchers) watcher(errand, answer);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (mayPass(error)) {
        this.trouble = error;
        return false;
      }
      await this.#refuse(errand, error);
      return true;
    }
  }

  async #refuse(errand: Errand, { code, detail }: ApiError): Promise<void> {
    const refused = { ...errand, refusal: { code, detail } };
    await rewrite(refused);
    this.#all = this.#all.map((one) => (one.id === errand.id ? refused : one));
  }
}

export const outbox = new Outbox();
