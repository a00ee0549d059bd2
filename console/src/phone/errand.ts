/** What a device has still to send: steps, photos and reports in the order in which they were made. */

import type { Step, Task } from '../model/incident';

/** One request, kept until the server has answered it. */
export interface Errand {
  id: number;
  /** the user who made it: nobody else's session sends it */
  user: string;
  /** under which the server does it once, however often it is sent */
  key: string;
  method: 'POST' | 'PUT';
  path: string;
  body: unknown;
  /** a photo, instead of a body */
  photo: Blob | null;
  /** what must stay in order: everything about one incident, or about one report */
  group: string;
  task: string | null;
  /** the step, or `photo`, `report`: how screens name it */
  what: string;
  made_at: string;
  /** why the server refused it; null while it waits */
  refusal: { code: string; detail: string } | null;
}

export type NewErrand = Omit<Errand, 'id' | 'refusal' | 'made_at' | 'user'>;

/** Return what may be sent next: the oldest that waits, but nothing behind a refused one of its group. */
export function nextOf(errands: readonly Errand[]): Errand | null {
  const held = new Set<string>();
  for (const errand of errands) {
    if (errand.refusal !== null) held.add(errand.group);
    else if (!held.has(errand.group)) return errand;
  }
  return null;
}

/** Task step -> the state it leads to, and what a handler may do then (linkage/states.py). */
const LEADS: Record<string, { state: string; next: readonly string[] } | undefined> = {
  accept: { state: 'accepted', next: ['arrive', 'handle'] },
  arrive: { state: 'arrived', next: ['handle', 'feed_back'] },
  handle: { state: 'handling', next: ['feed_back'] },
  feed_back: { state: 'fed_back', next: [] },
};

const LABELS: Record<string, { zh: string; en: string } | undefined> = {
  arrive: { zh: '到达现场', en: 'Arrive' },
  handle: { zh: '开始处置', en: 'Start handling' },
  feed_back: { zh: '反馈', en: 'Feed back' },
};

/** Return a task as it will be once the steps that wait here have been sent. */
export function predicted<T extends Task>(task: T, errands: readonly Errand[]): T {
  const waiting = errands.filter((errand) => errand.task === task.id && errand.refusal === null);
  return waiting.reduce((now, errand) => after(now, errand), task);
}

function after<T extends Task>(task: T, errand: Errand): T {
  const lead = LEADS[errand.what];
  if (lead === undefined) return task;
  const stamps = { accepted_at: task.accepted_at, arrived_at: task.arrived_at, fed_back_at: task.fed_back_at };
  if (errand.what === 'accept') stamps.accepted_at = errand.made_at;
  if (errand.what === 'arrive') stamps.arrived_at = errand.made_at;
  if (errand.what === 'feed_back') stamps.fed_back_at = errand.made_at;
  return { ...task, ...stamps, state: lead.state, steps: lead.next.map((step) => offered(task, step)) };
}

function offered(task: Task, step: string): Step {
  const label = LABELS[step] ?? { zh: step, en: step };
  return { step, task: task.id, needs: step === 'feed_back' ? ['note'] : [], label, dispositions: [] };
}

/** Return the parts that there are as one line. */
export function placed(...parts: string[]): string {
  return parts.filter((part) => part !== '').join(' · ');
}

/** Return a key that no other device makes. */
export function newKey(): string {
  // randomUUID needs a secure page; a desk without TLS on its own network has none.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
