/** Incidents, tasks and their steps, typed as they stand on the wire. */

import type { Snapshot } from './snapshot';
import type { Step } from './step';
import type { Bilingual, Domain, Level } from './wire';

export type { Condition, Need, Step, StepChoice } from './step';

export interface Deadline {
  stage: string;
  at: string;
  started_at: string;
  /** when four fifths of its working time are used */
  yellow_at: string;
}

export interface DepartmentState {
  department: string;
  state: string;
}

export interface IncidentSummary {
  id: string;
  number: string;
  title: Bilingual;
  class: string;
  domain: Domain | '';
  state: string;
  priority: number;
  level: Level | null;
  source: string;
  rule: string;
  sensor: string | null;
  longitude: number | null;
  latitude: number | null;
  district: string;
  place: string;
  opened_at: string;
  happened_at: string;
  late: boolean;
  acknowledged_at: string | null;
  recovered_at: string | null;
  unconfirmed_at: string | null;
  confirm_by: string | null;
  /** a sensor died seeing the hazard, and no reading has confirmed it */
  hazard_unconfirmed: boolean;
  ended_at: string | null;
  deadline: Deadline | null;
  departments: DepartmentState[];
  disposition: string | null;
  alarms: number;
  worst_level: Level | null;
  event_grade: string;
  warning_level: string;
  response_level: string;
  recorded: boolean;
  drill: boolean;
  /** the district whose it is; empty: the city's */
  jurisdiction: string;
  /** how often it came back */
  reopened: number;
  version: number;
}

/** A delay or suspension that somebody asked for. */
export interface TimeRequest {
  kind: 'delay' | 'suspend';
  by: string;
  note: string;
  at: string;
  endorsed_by: string | null;
}

export interface Task {
  id: string;
  incident: string;
  department: string;
  state: string;
  mandatory: boolean;
  dispatched_at: string;
  accepted_at: string | null;
  arrived_at: string | null;
  fed_back_at: string | null;
  checked_at: string | null;
  /** when it counted no more: given back, handed over, or of a round before the last reopening */
  ended_at: string | null;
  deadline: Deadline | null;
  note: string;
  /** what a plan asks for; null where no plan does */
  action: Bilingual | null;
  request: TimeRequest | null;
  delays: number;
  suspended_at: string | null;
  resume_by: string | null;
  overdue: boolean;
  appeal: string;
  exempt: boolean;
  /** ids and names of those it was given to; empty for nobody */
  handler: string;
  handler_name: string;
  checker: string;
  checker_name: string;
  /** the task that another department had before */
  from_task: string | null;
  steps: Step[];
  reason: string;
}

/** A task in the list of tasks, with the incident it belongs to. */
export interface TaskItem extends Task {
  summary: IncidentSummary;
}

export interface IncidentAlarm {
  id: string;
  alarm: string;
  rule: string;
  rule_name: Bilingual;
  target: string;
  level: Level;
  change: string;
  time: string;
  value: number | null;
  limit: number | null;
  unit: string;
  quantity: string;
  late: boolean;
  unconfirmed: boolean;
  evidence: unknown;
}

export interface IncidentEvent {
  number: number;
  at: string;
  actor: { id: string; name: string } | null;
  step: string;
  from: string | null;
  to: string;
  task: string | null;
  department: string | null;
  note: string;
  data: Record<string, unknown>;
  /** whom it gave the work to */
  named: string;
}

export interface Camera {
  id: string;
  name: string;
  name_en: string;
  distance_m: number;
  longitude: number;
  latitude: number;
}

/** A sensor's readings around one moment, copied so that they outlive retention. */
export interface Evidence {
  event: number;
  moment: string;
  sensor: string;
  at: string;
  state: 'waiting' | 'kept' | 'failed';
  reason: string;
  series: { quantity: string; at: string[]; value: number[]; quality: number[] }[];
}

export interface Incident extends Omit<IncidentSummary, 'alarms'> {
  note: string;
  first_actions: { zh: string[]; en: string[] };
  /** the departments that the rule proposes */
  proposed: string[];
  tasks: Task[];
  alarms: IncidentAlarm[];
  events: IncidentEvent[];
  steps: Step[];
  cameras: Camera[];
  snapshots: Snapshot[];
  evidence: Evidence[];
  /** id and name of who is to verify it; empty for nobody */
  verifier: string;
  verifier_name: string;
  /** what speaks against closing */
  closing: { burning: string[]; silent: string[]; sensor_state: string };
}

/** An incident event on the live stream: the summary as it now stands, and what happened. */
export interface IncidentNews extends IncidentSummary {
  event: IncidentEvent;
}

export const SOURCES = ['hotline', 'collector', 'video', 'sensor', 'leader', 'department'] as const;

const ENDED = new Set(['closed', 'forced', 'not_filed', 'cancelled', 'merged']);

/** Tell whether an incident still needs anybody. */
export function isOpen(incident: { state: string }): boolean {
  return !ENDED.has(incident.state);
}
