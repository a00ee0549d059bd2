/** How steps are offered: which lead on, which end things, which need no second look. */

import type { Incident, IncidentEvent, Step } from '../model/incident';

/** What stands around a step where it is offered, as far as it is known there. */
export interface Around {
  /** the departments that are proposed */
  proposed: readonly string[];
  /** the departments that have a part already */
  taken: readonly string[];
  /** of the incident; 0 where it is not changed from here */
  priority: number;
  /** what happened, oldest first */
  events: readonly IncidentEvent[];
  closing: Incident['closing'] | null;
}

/** A step that is offered away from its incident. */
export const ALONE: Around = {
  proposed: [],
  taken: [],
  priority: 0,
  events: [],
  closing: null,
};

/** Steps that say only "seen" or "here": asking again would cost more than a mistake. */
export const AT_ONCE: ReadonlySet<string> = new Set(['acknowledge', 'accept', 'arrive', 'handle']);

/** Steps that end or send back; they never look like the way on. */
export const ENDING: ReadonlySet<string> = new Set([
  'not_file',
  'void',
  'cancel',
  'return',
  'rework',
  'force_close',
  'send_back',
  'refuse',
  'reject',
  'transfer',
  'revoke',
]);

/** Steps with which a person may set another priority (linkage takes it with these only). */
export const PRIORITISING: ReadonlySet<string> = new Set(['verify', 'file', 'dispatch']);

const BESIDE: ReadonlySet<string> = new Set([
  'comment',
  'urge',
  'grade',
  'pass_up',
  'pass_down',
  'assign',
  'assign_verifier',
  'assign_checker',
  'ask_delay',
  'ask_suspend',
]);

/** Return steps as they are offered: what leads on, then what goes beside, then what ends or sends back. */
export function inOrder(steps: readonly Step[]): Step[] {
  return [...steps].sort((a, b) => groupOf(a) - groupOf(b));
}

function groupOf(step: Step): number {
  if (isForward(step)) return 0;
  return BESIDE.has(step.step) ? 1 : 2;
}

/** Tell whether a step leads the incident on towards its end. */
export function isForward(step: Step): boolean {
  return !ENDING.has(step.step) && !BESIDE.has(step.step);
}

/** Whom a step can name (linkage/needs.py): a department's own people, or those who verify and check. */
export function rolesFor(step: string): readonly string[] {
  return step === 'assign' ? ['handler', 'officer'] : ['collector', 'acceptor', 'foreman'];
}

/** Return what stands around the steps of an incident. */
export function aroundOf(incident: Incident): Around {
  return {
    proposed: incident.proposed,
    taken: incident.tasks.filter((task) => task.ended_at === null).map((task) => task.department),
    priority: incident.priority,
    events: incident.events,
    closing: incident.closing,
  };
}

/** Tell whether an incident of a sensor is about to be closed, so that what its sensor says matters. */
export function isClosing(incident: Incident): boolean {
  return incident.sensor !== null && ['fed_back', 'checking'].includes(incident.state);
}
