/** Open tasks of each department, by how far they are. */

import type { IncidentSummary } from './incident';

/** The states in which a task is still somebody's, in the order of its life. */
export const LEG_STATES = ['dispatched', 'accepted', 'arrived', 'handling', 'fed_back'] as const;
export type LegState = (typeof LEG_STATES)[number];

export interface Load {
  department: string;
  counts: Record<LegState, number>;
}

/** Count open legs by department, those with most not yet accepted first. */
export function load(open: readonly IncidentSummary[]): Load[] {
  const rows = new Map<string, Load>();
  for (const leg of open.flatMap((incident) => incident.departments)) {
    const state = LEG_STATES.find((known) => known === leg.state);
    if (state === undefined) continue;
    const row = rows.get(leg.department) ?? { department: leg.department, counts: nothing() };
    row.counts[state] += 1;
    rows.set(leg.department, row);
  }
  return [...rows.values()].sort((a, b) => b.counts.dispatched - a.counts.dispatched || total(b) - total(a));
}

function nothing(): Record<LegState, number> {
  return { dispatched: 0, accepted: 0, arrived: 0, handling: 0, fed_back: 0 };
}

function total(row: Load): number {
  return LEG_STATES.reduce((sum, state) => sum + row.counts[state], 0);
}
