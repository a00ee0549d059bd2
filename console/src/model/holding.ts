/** Silences, held alarms, members and proposals, typed as they stand on the wire. */

import type { Bilingual, Domain, Level } from './wire';

export const LISTS = ['rules', 'sensors', 'sites', 'districts', 'domains', 'classes'] as const;
export type ListName = (typeof LISTS)[number];

export interface Matchers {
  rules: string[];
  sensors: string[];
  sites: string[];
  districts: string[];
  domains: string[];
  classes: string[];
  level_at_most: Level;
}

export interface Window {
  days: number[];
  begins: string;
  ends: string;
}

export interface Silence {
  id: string;
  kind: 'silence' | 'maintenance';
  state: 'pending' | 'active' | 'ended';
  matchers: Matchers;
  starts_at: string;
  until: string;
  with_alarm: boolean;
  windows: Window[];
  reason: string;
  author: { id: string; name: string };
  created_at: string;
  ended_at: string | null;
  ended_how: string;
  holds_until: string | null;
  next_at: string | null;
  hiding: number;
  hidden: number;
}

export interface HiddenAlarm {
  alarm: string;
  rule: string;
  target: string;
  level: Level;
  incident: string | null;
  number: string;
  title: Bilingual;
}

export interface Preview {
  burning: HiddenAlarm[];
  all_burning: number;
  incidents: string[];
  sensors: string[];
  all_sensors: number;
  lately: number;
}

export interface HeldAlarm {
  id: string;
  alarm: string;
  rule: string;
  rule_name: Bilingual;
  target: string;
  level: Level;
  reason: string;
  cause: string;
  class: string;
  domain: Domain | '';
  district: string;
  since: string;
  times: number;
  look_at: string | null;
  incident: string | null;
  incident_number: string | null;
}

export interface HeldPage {
  items: HeldAlarm[];
  next: string | null;
  total: number;
  reasons: Record<string, number>;
}

export interface Member {
  alarm: string;
  rule: string;
  target: string;
  level: Level;
  active: boolean;
  since: string;
  site: string;
  district: string;
}

export interface Proposal {
  id: string;
  incident: string;
  incident_number: string;
  incident_title: Bilingual;
  into: string;
  into_number: string;
  into_title: Bilingual;
  plan: string;
  plan_name: Bilingual;
  distance_m: number;
  apart_s: number;
  at: string;
  state: 'open' | 'accepted' | 'declined' | 'lapsed';
  note: string;
}

/** Matchers that ask for nothing in particular yet. */
export function noMatchers(): Matchers {
  return { rules: [], sensors: [], sites: [], districts: [], domains: [], classes: [], level_at_most: 'major' };
}

/** Tell whether nothing narrows the matchers down. */
export function isBroad(matchers: Matchers): boolean {
  return LISTS.every((name) => matchers[name].length === 0);
}

/** Who may keep alarms quiet, and who may merge and split (linkage decides; this only offers). */
export const SILENCING = ['foreman', 'dispatcher'] as const;
export const SPANNING = ['acceptor', 'foreman', 'dispatcher'] as const;
