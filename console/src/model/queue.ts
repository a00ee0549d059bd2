/** The order of the queue, and which incidents a filter lets through. */

import { isOpen, type IncidentSummary } from './incident';

/** Compare as the server orders: unacknowledged, priority, nearest deadline, oldest. */
export function byUrgency(a: IncidentSummary, b: IncidentSummary): number {
  return (
    Number(a.acknowledged_at !== null) - Number(b.acknowledged_at !== null) ||
    a.priority - b.priority ||
    order(dueOf(a), dueOf(b)) ||
    order(Date.parse(a.opened_at), Date.parse(b.opened_at)) ||
    order(Number(a.id), Number(b.id))
  );
}

function dueOf(incident: IncidentSummary): number {
  return incident.deadline === null ? Infinity : Date.parse(incident.deadline.at);
}

function order(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Compare ended incidents as the server orders them: newest end first. */
function byEnd(a: IncidentSummary, b: IncidentSummary): number {
  return order(Date.parse(b.ended_at ?? ''), Date.parse(a.ended_at ?? '')) || byNewest(a, b);
}

function byNewest(a: IncidentSummary, b: IncidentSummary): number {
  return order(Number(b.id), Number(a.id));
}

/** The order of a list with this scope, as the server gives it. */
export const ORDERS: Record<Filter['scope'], (a: IncidentSummary, b: IncidentSummary) => number> = {
  open: byUrgency,
  ended: byEnd,
  all: byNewest,
};

export interface Filter {
  scope: 'open' | 'ended' | 'all';
  priority: string;
  state: string;
  domain: string;
  department: string;
  district: string;
  class: string;
  jurisdiction: '' | 'city' | 'county';
  mine: boolean;
  q: string;
}

export const EVERYTHING: Filter = {
  scope: 'open',
  priority: '',
  state: '',
  domain: '',
  department: '',
  district: '',
  class: '',
  jurisdiction: '',
  mine: false,
  q: '',
};

/** Return the query parameters that ask the server for what `filter` lets through. */
export function toQuery(filter: Filter): Record<string, string> {
  const query: Record<string, string> = {};
  if (filter.scope !== 'all') query['open'] = String(filter.scope === 'open');
  for (const key of ['priority', 'state', 'domain', 'department', 'district', 'class', 'jurisdiction', 'q'] as const) {
    if (filter[key] !== '') query[key] = filter[key];
  }
  if (filter.mine) query['mine'] = 'true';
  return query;
}

/** Tell whether a live incident belongs to a filtered list; `null` when only the server can say. */
export function admits(filter: Filter, incident: IncidentSummary): boolean | null {
  if (!inScope(filter, incident)) return false;
  const departments = incident.departments.map((leg) => leg.department);
  if (filter.department !== '' && !departments.includes(filter.department)) return false;
  return filter.mine || filter.q !== '' ? null : true;
}

function inScope(filter: Filter, incident: IncidentSummary): boolean {
  if (filter.scope !== 'all' && isOpen(incident) !== (filter.scope === 'open')) return false;
  return (
    same(filter.priority, String(incident.priority)) &&
    same(filter.state, incident.state) &&
    same(filter.domain, incident.domain) &&
    same(filter.district, incident.district) &&
    same(filter.class, incident.class) &&
    same(filter.jurisdiction, incident.jurisdiction === '' ? 'city' : 'county')
  );
}

function same(wanted: string, got: string | null): boolean {
  return wanted === '' || wanted === got;
}

/** Tell whether `incident` must sound: most urgent, nobody has taken it, and it is neither recorded nor ended. */
export function mustSound(incident: IncidentSummary): boolean {
  return incident.priority === 1 && incident.acknowledged_at === null && isOpen(incident) && !incident.recorded;
}
