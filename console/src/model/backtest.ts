/** The back-test as the server tells it. */

import type { Bilingual } from './wire';

/** Who may try a rule book on the history. */
export const BACKTESTS = ['operator', 'foreman'];

export interface RuleCount {
  rule: string;
  name: Partial<Bilingual>;
  incidents: number;
  levels: Record<string, number>;
  alarms: number;
}

export interface DepartmentLoad {
  department: string;
  incidents: number;
  shifts: number;
  mean: number;
  most: number;
  most_at: string;
  /** Incidents that came while nobody of it was on duty. */
  off_duty: number;
  by_shift: Record<string, number>;
}

/** How many changes of alarms admission decided on one way, for one reason. */
export interface Decided {
  action: string;
  reason: string;
  changes: number;
}

/** What one book would have done. */
export interface Side {
  rules: number;
  incidents: number;
  alarms: number;
  by_rule: RuleCount[];
  by_level: Record<string, number>;
  by_hour: number[];
  by_department: DepartmentLoad[];
  decided: Decided[];
}

export interface Differing {
  what: string;
  rule: string;
  target: string;
  at: string;
  live_at: string;
  seconds: number;
  level: string;
  live_level: string;
  alarms: number;
}

export interface BacktestReport {
  start: string;
  end: string;
  readings: number;
  events: number;
  strangers: number;
  unheard_s: number;
  took_s: number;
  proposed: Side;
  live: Side | null;
  difference: { counts: Record<string, number>; items: Differing[] } | null;
  notes: string[];
}

export interface BacktestView {
  state: string;
  done: number;
  readings: number;
  asked_by: string;
  error: string;
  mistakes: { at: string; expected: string; got: string }[];
  report: BacktestReport | null;
}

/** Return the day after a day. */
export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
