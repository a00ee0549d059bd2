/** Steps that span two incidents: taken, and the screen goes where the work goes on. */

import { send } from '../api';
import type { Incident } from '../model/incident';
import { router } from '../router.svelte';

/** Merge, split or detach, and show the incident that goes on. */
export async function span(
  incident: Incident,
  step: 'merge' | 'split' | 'detach',
  body: Record<string, unknown>,
): Promise<void> {
  const shown = await send<Incident>('POST', `/incidents/${incident.id}/${step}`, {
    version: incident.version,
    ...body,
  });
  router.go('incident', shown.id);
}

/** Accept that two incidents are one, and show the one that goes on. */
export async function accept(proposal: string): Promise<void> {
  const shown = await send<Incident>('POST', `/proposals/${proposal}/accept`, {});
  router.go('incident', shown.id);
}

/** Say that two incidents are not one, and why. */
export async function decline(proposal: string, note: string): Promise<void> {
  await send('POST', `/proposals/${proposal}/decline`, { note });
}
