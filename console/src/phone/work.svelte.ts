/** The lists of work: a department's tasks, and what a collector is to verify and to check. */

import { ApiError, read } from '../api';
import type { TaskItem } from '../model/incident';
import type { FieldWork, Verification } from '../model/reports';
import type { Page } from '../model/wire';
import { session } from '../stores/session.svelte';

export type Tab = 'mine' | 'verify' | 'check' | 'all';

const MOST = 200;
const WORKING = new Set(['dispatched', 'accepted', 'arrived', 'handling', 'suspended']);

/** The tabs that somebody with these roles has, the one they work from first. */
export function tabsOf(has: (...roles: string[]) => boolean): Tab[] {
  return [
    ...(has('officer', 'handler') ? (['mine'] as const) : []),
    ...(has('collector', 'acceptor', 'foreman') ? (['verify', 'check'] as const) : []),
    'all',
  ];
}

/** Tell whether a task is still worked on. */
export function isWorking(task: { state: string }): boolean {
  return WORKING.has(task.state);
}

/** Tell whether a task is still worked on, and by whoever looks: given to them, or to nobody yet. */
export function isMine(task: TaskItem & { handler?: string }, user: string): boolean {
  return isWorking(task) && ['', user, undefined].includes(task.handler);
}

export class Work {
  tasks = $state.raw<readonly TaskItem[] | null>(null);
  verify = $state.raw<readonly Verification[] | null>(null);
  check = $state.raw<readonly TaskItem[] | null>(null);
  problem = $state.raw<ApiError | null>(null);
  #asked = 0;

  async load(tab: Tab): Promise<void> {
    const asked = ++this.#asked;
    try {
      if (tab === 'verify' || tab === 'check') await this.#loadField();
      else await this.#loadTasks(tab === 'mine', asked);
      this.problem = null;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = error;
    }
  }

  async #loadField(): Promise<void> {
    const found = await read<FieldWork>('/field-work');
    this.verify = found.verify;
    this.check = found.check;
  }

  async #loadTasks(mine: boolean, asked: number): Promise<void> {
    const page = await read<Page<TaskItem>>('/tasks', { limit: MOST, ...(mine ? { mine: true } : {}) });
    if (asked === this.#asked) {
      this.tasks = mine ? page.items.filter((task) => isMine(task, session.user?.id ?? '')) : page.items;
    }
  }
}
