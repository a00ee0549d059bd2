/** Reports, photos, calls back and what stands around, typed as they stand on the wire. */

import type { IncidentSummary, Step, TaskItem } from './incident';
import type { Bilingual } from './wire';

export interface Photo {
  id: string;
  incident: string | null;
  task: string | null;
  kind: string;
  personal: boolean;
  width: number;
  height: number;
  person: string;
  at: string;
}

export interface Condition {
  id: string;
  name: Bilingual;
  priority: number;
}

export interface ReportedClass {
  id: string;
  priority: number;
  conditions: Condition[];
  departments: Record<string, string>;
}

export interface ReportFacts {
  hotlines: { id: string; name: Bilingual; number: string }[];
  classes: ReportedClass[];
  within_m: number;
  within_h: number;
  call_attempts: number;
  answers: number[];
}

export interface Near {
  summary: IncidentSummary;
  distance_m: number;
  reports: number;
  photos: string[];
}

export interface Filed {
  incident: string;
  number: string;
  report: string;
  joined: boolean;
}

export interface PersonReport {
  id: string;
  at: string;
  joined: boolean;
  source: string;
  hotline: string;
  condition: string;
  component: string;
  person: string;
  note: string;
  has_caller: boolean;
  callback: string;
  attempts: number;
  satisfaction: number | null;
}

export interface Call {
  at: string;
  person: string;
  reached: boolean;
  satisfaction: number | null;
  note: string;
}

export interface Callback {
  report: string;
  hotline: string;
  reported_at: string;
  incident: IncidentSummary;
  attempts: number;
  calls: Call[];
}

export interface Verification {
  summary: IncidentSummary;
  note: string;
  assigned: boolean;
  steps: Step[];
}

export interface FieldWork {
  verify: Verification[];
  check: TaskItem[];
}

export type Group = 'team' | 'pump' | 'material' | 'camera' | 'sensor' | 'component';

export interface Neighbour {
  what: 'sensor' | 'component';
  group: Group;
  id: string;
  kind: string;
  name: string;
  name_en: string;
  distance_m: number;
  longitude: number;
  latitude: number;
  maintainer: string;
  state: string;
}

export interface Component {
  id: string;
  kind: string;
  component_class: string;
  name: string;
  name_en: string;
  state: string;
  longitude: number;
  latitude: number;
  district: string;
  grid: string;
  authority: string;
  owner: string;
  maintainer: string;
  tags: string[];
  /** what can be sent or used */
  help: 'team' | 'pump' | 'material' | null;
}
