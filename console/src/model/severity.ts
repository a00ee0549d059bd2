/** Severity as colour, shape and word together; colour alone never carries it. */

import type { SensorState } from './wire';

export type Shape = 'octagon' | 'triangle' | 'diamond' | 'circle' | 'ring' | 'dash' | 'cross' | 'dots';

/** A mark's shape, and the custom property that holds its colour. */
export interface Mark {
  shape: Shape;
  color: string;
}

export const STATES: readonly SensorState[] = ['critical', 'major', 'notice', 'offline', 'silent', 'unknown', 'normal'];

const UNKNOWN: Mark = { shape: 'dots', color: '--unknown' };

const STATE_MARKS: Partial<Record<string, Mark>> = {
  critical: { shape: 'octagon', color: '--critical' },
  major: { shape: 'triangle', color: '--major' },
  notice: { shape: 'diamond', color: '--notice' },
  offline: { shape: 'cross', color: '--offline' },
  silent: { shape: 'dash', color: '--silent' },
  unknown: UNKNOWN,
  normal: { shape: 'circle', color: '--normal' },
};

const PRIORITY_MARKS: readonly Mark[] = [
  { shape: 'octagon', color: '--critical' },
  { shape: 'triangle', color: '--major' },
  { shape: 'diamond', color: '--notice' },
  { shape: 'circle', color: '--low' },
  { shape: 'ring', color: '--lowest' },
];

export function stateMark(state: string): Mark {
  return STATE_MARKS[state] ?? UNKNOWN;
}

export function priorityMark(priority: number): Mark {
  return PRIORITY_MARKS[priority - 1] ?? { shape: 'ring', color: '--lowest' };
}

const UNHEARD: ReadonlySet<string> = new Set(['silent', 'offline', 'unknown']);

/** Tell whether a sensor in this state is being heard, so that its newest value is about now. */
export function isHeard(state: string): boolean {
  return !UNHEARD.has(state);
}

/** Rank of a state, worst first: 0 is critical. */
export function rankOf(state: string): number {
  const rank = STATES.indexOf(state as SensorState);
  return rank < 0 ? STATES.indexOf('unknown') : rank;
}
