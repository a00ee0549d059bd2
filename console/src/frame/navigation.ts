/** What the navigation offers to whom; the server has the last word on every page. */

import type { Word } from '../i18n/index.svelte';
import { SEES_HINTS } from '../model/hints';
import { BACKTESTS } from '../model/backtest';
import { EXPORTS } from '../model/registry';
import { SEES_WORK } from '../model/roles';
import { SEES_SHADOW } from '../model/shadow';
import type { IconName } from '../parts/icons';
import { to, type PageName, type Route } from '../router.svelte';

export interface Entry {
  icon: IconName;
  word: Word;
  page: PageName;
  key: string;
  /** who is offered it; nobody in particular means everybody */
  roles: readonly string[];
}

const REPORTS = ['collector', 'acceptor', 'foreman', 'dispatcher', 'officer', 'handler', 'leader'];
const SEES_STATUS = ['operator', 'monitor', 'foreman', 'dispatcher', 'leader'];

function entry(icon: IconName, page: PageName, roles: readonly string[] = [], key = ''): Entry {
  return { icon, word: `nav.${icon}` as Word, page, key, roles };
}

/** What those on duty use. */
export const DUTY: readonly Entry[] = [
  entry('overview', 'overview'),
  entry('queue', 'queue', SEES_WORK),
  entry('map', 'map'),
  entry('tasks', 'tasks', SEES_WORK),
  entry('report', 'report', REPORTS),
  entry('silences', 'silences', ['foreman', 'dispatcher', 'acceptor', 'monitor', 'leader']),
  entry('equipment', 'equipment', SEES_HINTS),
  entry('plans', 'plans', SEES_WORK),
  entry('roster', 'roster'),
  entry('callbacks', 'callbacks', ['acceptor', 'foreman']),
];

/** What the city's domains look like. */
export const DOMAIN_PAGES: readonly Entry[] = [
  entry('traffic', 'domain', [], 'traffic'),
  entry('environment', 'domain', [], 'environment'),
  entry('video', 'domain', [], 'video'),
  entry('machine_room', 'domain', [], 'machine_room'),
];

/** What those who run the system use. */
export const RUNNING: readonly Entry[] = [
  entry('evaluation', 'evaluation', ['evaluator', 'leader', 'foreman']),
  entry('access', 'access', ['evaluator', 'steward']),
  entry('discovery', 'discovery', ['operator']),
  entry('registry', 'registry', EXPORTS),
  entry('quarantine', 'quarantine', ['operator', 'steward']),
  entry('rules', 'rules'),
  entry('shadow', 'shadow', SEES_SHADOW),
  entry('backtest', 'backtest', BACKTESTS),
  entry('users', 'users', ['operator']),
  entry('channels', 'channels', ['operator', 'foreman']),
  entry('system', 'system', SEES_STATUS),
  entry('account', 'account'),
];

/** The navigation in its groups. */
export const GROUPS: readonly { word: Word; entries: readonly Entry[] }[] = [
  { word: 'nav.duty', entries: DUTY },
  { word: 'nav.domains', entries: DOMAIN_PAGES },
  { word: 'nav.running', entries: RUNNING },
];

/** Return the entries that somebody with these roles is offered. */
export function offered(entries: readonly Entry[], roles: readonly string[]): Entry[] {
  return entries.filter((one) => one.roles.length === 0 || one.roles.some((role) => roles.includes(role)));
}

export function addressOf(one: Entry): string {
  return to(one.page, one.key);
}

/** Tell whether `one` is where the screen is: an incident belongs to the queue, a sensor to the map. */
export function isCurrent(one: Entry, route: Route): boolean {
  if (route.page === 'incident') return one.page === 'queue';
  if (route.page === 'sensor') return one.page === 'map';
  if (route.page === 'response') return one.page === 'plans';
  if (route.page === 'handover' || route.page === 'dutylog') return one.page === 'roster';
  return one.page === route.page && (one.page !== 'domain' || one.key === route.key);
}
