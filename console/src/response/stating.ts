/** What a response can be started or raised with, and what the person states. */

import { send } from '../api';
import { say } from '../i18n/index.svelte';
import type { Plan, Proposal, ResponseBoard } from '../model/plans';
import type { Bilingual } from '../model/wire';

export interface Startable {
  plan: Bilingual;
  levels: readonly string[];
  level: string;
  matter: string;
  /** empty: one is opened for the response, where it opens one */
  incident: string;
  opens: boolean;
  measures: Partial<Record<string, Bilingual>>;
  expected_h: Partial<Record<string, number>>;
}

export interface Stated {
  level: string;
  matter: string;
  measures: string;
  expected_h: number;
  priority: number;
}

/** What starting a plan by itself, or as it is proposed, begins with. */
export function startOf(plan: Plan, proposal: Proposal | null): Startable {
  return {
    plan: plan.name,
    levels: plan.levels.map((one) => one.level),
    level: proposal?.level ?? plan.levels[0]?.level ?? 'IV',
    matter: proposal === null ? '' : mattering(proposal),
    incident: proposal?.incidents[0] ?? '',
    opens: true,
    measures: Object.fromEntries(plan.levels.map((one) => [one.level, one.measures])),
    expected_h: Object.fromEntries(plan.levels.map((one) => [one.level, one.expected_h])),
  };
}

/** What raising a response begins with. */
export function raiseOf(board: ResponseBoard): Startable {
  return {
    plan: board.plan_name,
    levels: board.above,
    level: board.above[0] ?? board.level,
    matter: board.matter,
    incident: board.incident,
    opens: false,
    measures: board.measures_of,
    expected_h: board.expected_h,
  };
}

/** Start a response; returns it. */
export function start(plan: string, area: string, proposal: Proposal | null, stated: Stated): Promise<ResponseBoard> {
  const incident = proposal?.incidents[0];
  return send<ResponseBoard>('POST', '/activations', {
    plan,
    area,
    ...stated,
    ...(incident === undefined ? {} : { incident: Number(incident) }),
    ...(proposal === null ? {} : { proposal: Number(proposal.id) }),
  });
}

function mattering(proposal: Proposal): string {
  const held = proposal.reasons.filter((reason) => reason.holds).map((reason) => say(reason.name));
  return `${say(proposal.plan_name)}：${held.join('、')}`;
}
