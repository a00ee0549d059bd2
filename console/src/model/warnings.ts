/** Warnings, reports upward and drills, typed as they stand on the wire. */

import type { Bilingual } from './wire';

export const COLOURS = ['blue', 'yellow', 'orange', 'red'] as const;

export const CATEGORIES = [
  'rainstorm',
  'typhoon',
  'waterlogging',
  'storm_surge',
  'flood',
  'gale',
  'snowstorm',
  'cold_wave',
  'sandstorm',
  'heat',
  'drought',
  'lightning',
  'hail',
  'frost',
  'fog',
  'haze',
  'road_ice',
  'landslide',
  'air_pollution',
  'fire',
  'power',
  'water_supply',
  'health',
  'other',
] as const;

export interface WarningTold {
  department: string;
  told_at: string;
  acknowledged_at: string | null;
  acknowledged_by: string;
}

/** What the public is told: drafted by one person, signed by another. */
export interface PublicNotice {
  id: string;
  drill: boolean;
  signer: string;
  text: Bilingual;
  state: string;
  drafted_by: string;
  decided_at: string | null;
  decided_by: string;
  note: string;
  sent: { channel: string; state: string; answer: string }[];
}

export interface WarningIssue {
  serial: number;
  kind: string;
  level: string;
  starts_at: string;
  ends_at: string | null;
  area: string;
  districts: string[];
  cautions: string;
  measures: string;
  issuer: string;
  issued_at: string;
  actor: { id: string; name: string };
  note: string;
  told: WarningTold[];
}

export interface CityWarning {
  id: string;
  category: string;
  level: string;
  drill: boolean;
  incident: string | null;
  issued_at: string;
  cancelled_at: string | null;
  issues: WarningIssue[];
}

/** A message from another warning system, and what came of it. */
export interface HeardWarning {
  id: string;
  sender: string;
  identifier: string;
  category: string;
  level: string;
  level_from: string;
  districts: string[];
  headline: Bilingual;
  starts_at: string;
  expires_at: string;
  drill: boolean;
  state: string;
  reason: string;
  msg_type: string;
  status: string;
  source: string;
  sent_at: string;
  received_at: string;
  acting: boolean;
  arms: { plan: string; name: Bilingual; level: string }[];
  proposed: HeardProposal[];
}

export interface HeardProposal {
  id: string;
  plan: string;
  name: Bilingual;
  level: string;
  state: string;
  made_at: string;
  activation: string | null;
}

export interface UpwardReport {
  id: string;
  incident: string;
  number: string;
  title: Bilingual;
  kind: string;
  serial: number;
  grade: string;
  drill: boolean;
  from_at: string;
  due_at: string;
  overdue: boolean;
  sent_at: string | null;
  signed: string;
  subject: string;
  body: string;
}

export interface Drill {
  id: string;
  plan: string;
  scenario: string;
  name: Bilingual;
  incident: string;
  injects: number;
  given: number;
  started_at: string;
  started_by: string;
  ended_at: string | null;
  note: string;
  sensors: string[];
  played: number;
  plays_until: string | null;
}
