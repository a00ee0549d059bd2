/** Why a rule has an alarm open about a sensor, or why not, as the API tells it. */

import type { IncidentAlarm } from './incident';
import type { Bilingual } from './wire';

export interface WhyCondition {
  condition: string;
  wanted: string[];
  found: string[];
  met: boolean;
}

export interface WhyLevel {
  level: string;
  limit: string;
  clear: string;
  met: boolean | null;
  kept: boolean | null;
  hold_s: number | null;
  since: string | null;
  held_s: number;
  left_s: number | null;
}

export interface WhyTarget {
  target: string;
  level: string | null;
  since: string | null;
  time: string | null;
  value: number | null;
  unit: string;
  conditions: WhyLevel[];
  evidence: Record<string, unknown>;
}

export interface WhyReading {
  sensor: string;
  quantity: string;
  time: string;
  arrival: string;
  value: number | null;
  event: string;
  flags: string[];
  passed_over: string[];
}

export interface WhyDecision {
  target: string;
  alarm: string;
  change: string;
  level: string;
  time: string;
  action: string;
  reason: string;
  cause: string;
  incident: string | null;
  number: string | null;
}

export interface Explanation {
  rule: string;
  name: Bilingual;
  sensor: string;
  at: string;
  answer: string;
  level: string | null;
  selection: WhyCondition[];
  exception: { source: string; exempt: boolean } | null;
  hours: { name: string; described: string; open: boolean; since: string | null; until: string | null } | null;
  targets: WhyTarget[];
  readings: WhyReading[];
  decisions: WhyDecision[];
  window: { start: string; end: string; readings: number; series: number; limits: string[]; later: string | null };
}

/** What an alarm was decided by, as a target that stood so: its evidence is kept with it. */
export function targetOf(alarm: IncidentAlarm): WhyTarget {
  const kept = typeof alarm.evidence === 'object' && alarm.evidence !== null ? alarm.evidence : {};
  const { conditions = [], ...evidence } = kept as { conditions?: WhyLevel[] } & Record<string, unknown>;
  const { target, time, value, unit } = alarm;
  // One that has cleared is kept by nothing.
  const level = alarm.change === 'cleared' ? null : alarm.level;
  return { target, level, since: null, time, value, unit, conditions, evidence };
}
