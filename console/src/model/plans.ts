/** Plans, proposals and responses, typed as they stand on the wire. */

import type { Deadline } from './incident';
import type { Bilingual } from './wire';

export const LEVELS = ['IV', 'III', 'II', 'I'] as const;

export interface Reason {
  trigger: string;
  name: Bilingual;
  holds: boolean;
  found: number;
  wanted: number;
}

export interface Proposal {
  id: string;
  kind: 'start' | 'raise' | 'lower' | 'end';
  plan: string;
  plan_name: Bilingual;
  version: string;
  area: string;
  drill: boolean;
  level: string;
  from_level: string;
  need: number;
  reasons: Reason[];
  incidents: string[];
  activation: string | null;
  made_at: string;
}

export interface PlanTask {
  id: string;
  department: string;
  role: string;
  action: Bilingual;
  within: string;
  evidence: Bilingual[];
  ack: boolean;
  report_every_min: number;
}

export interface PlanLevel {
  level: string;
  expected_h: number;
  commander: Bilingual;
  measures: Bilingual;
  need: number;
  triggers: { id: string; name: Bilingual }[];
  tasks: PlanTask[];
  public: Bilingual | null;
}

export interface Plan {
  id: string;
  name: Bilingual;
  event_class: string;
  area: string;
  version: string;
  approved_by: string;
  valid_from: string;
  next_review: string;
  source: string;
  in_force: boolean;
  review_due: boolean;
  rules: Partial<Record<string, Bilingual>>;
  resources: Bilingual[];
  comms: Partial<Record<string, Bilingual>>;
  levels: PlanLevel[];
  drills: { id: string; name: Bilingual; title: Bilingual }[];
}

export interface ResponseLine {
  id: string;
  plan: string;
  plan_name: Bilingual;
  plan_version: string;
  area: string;
  drill: boolean;
  level: string;
  highest: string;
  matter: string;
  incident: string;
  started_at: string;
  started_by: string;
  expected_at: string;
  ended_at: string | null;
  departments: number;
  unacknowledged: number;
  version: number;
}

export interface BoardTask {
  id: string;
  action: Bilingual;
  state: string;
  accepted_at: string | null;
  arrived_at: string | null;
  deadline: Deadline | null;
  late: boolean;
}

export interface BoardLine {
  department: string;
  called_at: string;
  told: 'sent' | 'waiting' | 'failed' | 'none';
  acknowledge: boolean;
  acknowledged_at: string | null;
  acknowledged_by: string;
  tasks: BoardTask[];
  every_min: number;
  report: Deadline | null;
  reported_at: string | null;
  reports: number;
  missed: number;
  late: boolean;
}

export interface Situation {
  department: string;
  at: string;
  by: string;
  note: string;
}

export interface ResponseBoard extends ResponseLine {
  measures: string;
  commander: Bilingual;
  above: string[];
  below: string[];
  expected_h: Partial<Record<string, number>>;
  measures_of: Partial<Record<string, Bilingual>>;
  public: Bilingual | null;
  incidents: string[];
  board: BoardLine[];
  situations: Situation[];
}

/** How many departments of a board have come how far. */
export function tally(
  board: readonly BoardLine[],
): Record<'all' | 'told' | 'seen' | 'accepted' | 'arrived' | 'late', number> {
  const count = (test: (line: BoardLine) => boolean): number => board.filter(test).length;
  return {
    all: board.length,
    told: count((line) => line.told === 'sent'),
    seen: count((line) => line.acknowledged_at !== null || !line.acknowledge),
    accepted: count((line) => line.tasks.some((task) => task.accepted_at !== null)),
    arrived: count((line) => line.tasks.some((task) => task.arrived_at !== null)),
    late: count((line) => line.late),
  };
}
