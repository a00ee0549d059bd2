/** Which component draws which page; each is fetched when it is first wanted. */

import type { Component } from 'svelte';
import type { PageName } from '../router.svelte';

type Loader = () => Promise<{ default: unknown }>;

const LOADERS: Record<PageName, Loader> = {
  overview: () => import('./Overview.svelte'),
  wall: () => import('./Wall.svelte'),
  map: () => import('./MapPage.svelte'),
  queue: () => import('./Queue.svelte'),
  tasks: () => import('./Tasks.svelte'),
  silences: () => import('./Silences.svelte'),
  incident: () => import('./IncidentPage.svelte'),
  sensor: () => import('./SensorPage.svelte'),
  domain: () => import('./DomainPage.svelte'),
  report: () => import('./Report.svelte'),
  plans: () => import('./Plans.svelte'),
  response: () => import('./ResponsePage.svelte'),
  roster: () => import('./Roster.svelte'),
  handover: () => import('./Handover.svelte'),
  dutylog: () => import('./DutyLog.svelte'),
  callbacks: () => import('./Callbacks.svelte'),
  component: () => import('./ComponentPage.svelte'),
  discovery: () => import('./Discovery.svelte'),
  registry: () => import('./Registry.svelte'),
  quarantine: () => import('./Quarantine.svelte'),
  equipment: () => import('./Equipment.svelte'),
  rules: () => import('./Rules.svelte'),
  shadow: () => import('./Shadow.svelte'),
  backtest: () => import('./Backtest.svelte'),
  users: () => import('./Users.svelte'),
  evaluation: () => import('./Evaluation.svelte'),
  access: () => import('./AccessLog.svelte'),
  channels: () => import('./Channels.svelte'),
  account: () => import('./Account.svelte'),
  system: () => import('./System.svelte'),
  // Who is signed in already and opens a link just goes on.
  link: () => import('./Overview.svelte'),
  missing: () => import('./Missing.svelte'),
};

/** Return the component that draws `page`. */
export async function componentOf(page: PageName): Promise<Component<{ key: string }>> {
  // A page that has no use for the route's key does not declare it.
  return (await LOADERS[page]()).default as Component<{ key: string }>;
}
