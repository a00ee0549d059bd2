/** Steps that span two incidents: taken, and the screen goes where the work goes on. */

import { send, sendKeyed } from '../api';
import type { Incident } from '../model/incident';
import { newKey } from '../phone/errand';
import { router } from '../router.svelte';

/** Keys of requests that have not been answered: asked again as it was, each is done once. */
const unanswered = new Map<string, string>();

/** Merge, split or detach, and show the incident that goes on. */
export async function span(
  incident: Incident,
  step: 'merge' | 'split' | 'detach',
  body: Record<string, unknown>,
): Promise<void> {
  const asked = { version: incident.version, ...body };
  const path = `/incidents/${incident.id}/${step}`;
  const request = path + JSON.stringify(asked);
  const key = unanswered.get(request) ?? newKey();
  unanswered.set(request, key);
  const shown = await sendKeyed<Incident>('POST', path, asked, key);
  unanswered.delete(request);
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
