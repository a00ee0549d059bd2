/** Rules that run in shadow, and what they found beside those in force. */

import type { Bilingual } from './wire';

export interface ShadowRule {
  id: string;
  name: Bilingual;
  kind: string;
  /** file and line of the word that keeps it in shadow */
  switch: string;
  class: string;
  against: string[];
  sensors: number;
  active: number;
  alarms: number;
  since: string | null;
}

export interface Tally {
  alarms: number;
  levels: Record<string, number>;
  /** by hour of the city's day */
  hours: number[];
  sensors: { sensor: string; alarms: number }[];
}

export const SIDES = ['both', 'only_shadow', 'only_live'] as const;

export interface Difference {
  side: (typeof SIDES)[number];
  sensor: string;
  shadow_level: string | null;
  live_level: string | null;
  shadow_at: string | null;
  live_at: string | null;
  lead_s: number | null;
  rule: string;
}

export interface ShadowRecord {
  rule: string;
  against: string[];
  from: string;
  to: string;
  shadow: Tally;
  live: Tally;
  both: number;
  earlier: number;
  later: number;
  only_shadow: number;
  only_live: number;
  lead_s: number | null;
  whole: boolean;
  items: Difference[];
}

/** Roles that see rules in shadow. */
export const SEES_SHADOW = ['operator', 'foreman', 'dispatcher', 'leader', 'evaluator'];

export const DAY_MS = 86_400_000;

/** How long a record may look back, days. */
export const SPANS_D = [1, 7, 30] as const;
