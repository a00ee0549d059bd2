/** Incidents for tests. */

import type { IncidentNews, IncidentSummary } from '../src/model/incident';

const PLAIN: IncidentSummary = {
  id: '1',
  number: '20261120-000001',
  title: { zh: '积水', en: 'Flood' },
  class: 'road_water',
  domain: 'environment',
  state: 'reported',
  priority: 3,
  level: 'major',
  source: 'sensor',
  rule: 'underpass-water',
  sensor: 'up-01a',
  longitude: 122.9,
  latitude: 36.2,
  district: 'gangkou',
  place: '',
  opened_at: '2026-11-20T08:00:00.000Z',
  happened_at: '2026-11-20T08:00:00.000Z',
  late: false,
  acknowledged_at: null,
  recovered_at: null,
  unconfirmed_at: null,
  confirm_by: null,
  hazard_unconfirmed: false,
  ended_at: null,
  deadline: null,
  departments: [],
  disposition: null,
  alarms: 1,
  worst_level: 'major',
  event_grade: '',
  warning_level: '',
  response_level: '',
  recorded: false,
  drill: false,
  jurisdiction: '',
  reopened: 0,
  version: 1,
};

export function incident(parts: Partial<IncidentSummary> = {}): IncidentSummary {
  return { ...PLAIN, ...parts };
}

export function news(step: string, parts: Partial<IncidentSummary> = {}): IncidentNews {
  const one = incident(parts);
  const event = {
    number: one.version,
    at: '2026-11-20T08:05:00.000Z',
    actor: null,
    step,
    from: null,
    to: one.state,
    task: null,
    department: null,
    note: '',
    data: {},
    named: '',
  };
  return { ...one, event };
}

/** A deadline that runs out `minutes` after eight o'clock. */
export function due(minutes: number): IncidentSummary['deadline'] {
  const at = new Date(Date.parse(PLAIN.opened_at) + minutes * 60_000).toISOString();
  return { stage: 'file', at, started_at: PLAIN.opened_at, yellow_at: at };
}
