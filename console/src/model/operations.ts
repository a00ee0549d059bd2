/** What the operators' pages read: discovery, quarantine, rules, status. */

import type { Bilingual } from './wire';

export interface Discovery {
  sensor: string;
  first: string;
  last: string;
  messages: number;
  topic: string;
  quantities: string[];
  sample: string;
  /** its last messages, the newest first */
  heard: Heard[];
  proposed: Proposal | null;
}

export interface Heard {
  time: string;
  topic: string;
  sample: string;
}

/** What a stranger would be registered as, by what it sent. */
export interface Proposal {
  name: string;
  domain: string;
  kind: string;
  longitude: number | null;
  latitude: number | null;
  interval_s: number | null;
  quantities: string[];
}

export interface Quarantined {
  id: number;
  time: string;
  topic: string;
  reason: string;
  detail: string;
  size: number;
  tries: number;
  replayed: string | null;
  /** which broker it came from; empty where an earlier version kept it */
  broker: string;
  /** base64; only for a steward */
  payload?: string;
}

/** Messages of one reason and source that are kept. */
export interface RefusalCount {
  reason: string;
  source: string;
  waiting: number;
  replayed: number;
}

/** What came of replaying some messages; `more` may wait behind `upto`. */
export interface Replay {
  understood: number;
  refused: number;
  cut: number;
  upto: number;
  more: boolean;
}

export interface RuleSummary {
  id: string;
  name: Bilingual;
  kind: string;
  source: string;
  file: string;
  line: number;
  domain: string;
  quantity: string;
  levels: Record<string, string>;
  sensors: number;
  active: number;
  incident_class: string;
  priority: Record<string, number>;
  departments: string[];
}

/** One broker that ingest listens to. */
export interface Broker {
  name: string;
  url: string;
  connected: boolean;
  required: boolean;
  version: string;
  error: string;
  refused: Record<string, string>;
}

/** What one source sent beyond a quota within an hour. */
export interface Shed {
  id: number;
  source: string;
  reason: string;
  messages: number;
  size: number;
  first: string;
  last: string;
}

/** Damage or loss that nobody has looked at yet, or what does not work now. */
export interface Trouble {
  kind: string;
  since: string;
  /** the broker, with its topic filter where it is about one, the store, rule or work */
  name: string;
  detail: string;
}

/** What ingest says of itself, besides plain facts. */
interface Ingest extends Record<string, unknown> {
  counters: Record<string, number | null>;
  brokers: Broker[];
  troubles: Trouble[];
}

/** How the program is; its facts are drawn as they come. */
export interface Status {
  ingest: Ingest | null;
  ingest_error: string;
  desk: Record<string, unknown> & { troubles: Trouble[] };
  copies: (Record<string, unknown> & { late: string[] }) | null;
}

/** How the audit of the event log stands. */
export interface Audit {
  number: number;
  hash: string;
  round: {
    number: number;
    began: string;
    faults: number;
    first_fault: string;
    ended: string | null;
    ended_number: number;
    ended_faults: number;
    ended_first_fault: string;
  } | null;
  anchors: { count: number; number: number; holds: boolean; error: string } | null;
}

/** One look at something personal. */
export interface Look {
  id: number;
  time: string;
  person: string;
  person_name: string;
  what: string;
  key: string;
  incident: number | null;
}

/** Whether this is a restored copy that keeps to itself, and of when. */
export interface Restored {
  waits: boolean;
  made: string;
  restored: string | null;
}

/** Who may call a restored copy the city. */
export const GOES_LIVE = ['operator', 'leader'];
