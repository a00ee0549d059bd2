/** The lists of work: a department's tasks, and what a collector is to verify and to check. */

import { read, asRefusal, type ApiError, type Query } from '../api';
import type { TaskItem } from '../model/incident';
import type { FieldWork, Verification } from '../model/reports';
import type { Page } from '../model/wire';

export type Tab = 'mine' | 'verify' | 'check' | 'all';

const MOST = 200;

/** States in which a task is still worked on. */
const WORKING = ['dispatched', 'accepted', 'arrived', 'handling', 'suspended'] as const;

/** Which tasks the list shows. */
export interface TaskFilter {
  whose: 'given' | 'department' | 'everything';
  /** `working` for those still worked on, `any` for all, or one state */
  state: string;
  overdue: boolean;
}

export const WORKED_ON: TaskFilter = { whose: 'everything', state: 'working', overdue: false };

/** Return what the server is asked for. */
export function queryOf({ whose, state, overdue }: TaskFilter): Query {
  return {
    limit: MOST,
    ...(whose === 'everything' ? {} : { mine: true }),
    ...(whose === 'given' ? { given: true } : {}),
    ...(state === 'any' ? {} : { state: state === 'working' ? WORKING : [state] }),
    ...(overdue ? { overdue: true } : {}),
  };
}

/** The tabs that somebody with these roles has, the one they work from first. */
export function tabsOf(has: (...roles: string[]) => boolean): Tab[] {
  return [
    ...(has('officer', 'handler') ? (['mine'] as const) : []),
    ...(has('collector', 'acceptor', 'foreman') ? (['verify', 'check'] as const) : []),
    'all',
  ];
}

export class Work {
  tasks = $state.raw<readonly TaskItem[] | null>(null);
  verify = $state.raw<readonly Verification[] | null>(null);
  check = $state.raw<readonly TaskItem[] | null>(null);
  problem = $state.raw<ApiError | null>(null);
  next = $state<string | null>(null);
  #asked = 0;

  async load(tab: Tab, filter: TaskFilter): Promise<void> {
    const asked = ++this.#asked;
    await this.#attempt(async () => {
      if (tab === 'verify' || tab === 'check') await this.#loadField();
      else await this.#loadTasks(tab === 'mine' ? { ...WORKED_ON, whose: 'given' } : filter, asked);
    });
  }

  /** Go on with the list where it ends. */
  async more(filter: TaskFilter): Promise<void> {
    const [asked, before, after] = [this.#asked, this.tasks ?? [], this.next];
    if (after === null) return;
    await this.#attempt(async () => {
      const page = await read<Page<TaskItem>>('/tasks', { ...queryOf(filter), after });
      if (asked !== this.#asked) return;
      this.tasks = [...before, ...page.items];
      this.next = page.next ?? null;
    });
  }

  async #attempt(ask: () => Promise<void>): Promise<void> {
    try {
      await ask();
      this.problem = null;
    } catch (error) {
      this.problem = asRefusal(error);
    }
  }

  async #loadField(): Promise<void> {
    const found = await read<FieldWork>('/field-work');
    this.verify = found.verify;
    this.check = found.check;
  }

  async #loadTasks(filter: TaskFilter, asked: number): Promise<void> {
    const page = await read<Page<TaskItem>>('/tasks', queryOf(filter));
    if (asked !== this.#asked) return;
    this.tasks = page.items;
    this.next = page.next ?? null;
  }
}
