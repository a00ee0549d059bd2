/** How steps are offered: which lead on, which end things, which need no second look. */

import type { Step } from '../model/incident';

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
