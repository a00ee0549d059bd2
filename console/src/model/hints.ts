/** Hints of the equipment lane, typed as they stand on the wire. */

import type { Bilingual, Domain, Level } from './wire';
import { SEES_WORK } from './roles';

export type HintStep = 'order' | 'dismiss' | 'open_incident';

export interface HintAlarm {
  alarm: string;
  rule: string;
  rule_name: Bilingual;
  kind: string;
  level: Level;
  active: boolean;
  raised_at: string;
  cleared_at: string | null;
  quantity: string;
  value: number | null;
  limit: number | null;
  unit: string;
  evidence: Record<string, unknown>;
}

export interface HintAnswer {
  by: { id: string; name: string };
  at: string;
  note: string;
}

export interface Hint {
  id: string;
  sensor: string;
  sensor_name: Bilingual;
  domain: Domain;
  district: string;
  department: string;
  state: 'open' | 'ordered' | 'ended';
  level: Level;
  worst: Level;
  recorded: boolean;
  times: number;
  opened_at: string;
  changed_at: string;
  ordered: HintAnswer | null;
  ended_at: string | null;
  ended_how: '' | 'recovered' | 'dismissed' | 'incident';
  ended: HintAnswer | null;
  incident: string | null;
  incident_class: string;
  alarms: HintAlarm[];
  steps: HintStep[];
}

/** Who is offered the lane; the server shows each their own. */
export const SEES_HINTS = SEES_WORK;

/** Where each step is sent. */
export const HINT_PATHS: Record<HintStep, string> = { order: 'order', dismiss: 'dismiss', open_incident: 'incident' };
