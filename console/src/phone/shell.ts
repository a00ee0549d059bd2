/** Keeps the page itself on the device, with the last answers it needs, so that it opens without a connection. */

/** Answers that a phone's pages are drawn from, beside those that this visit has asked for already. */
const NEEDED = ['/api/v1/session', '/api/v1/reports/facts', '/api/v1/field-work', '/api/v1/tasks?limit=200&mine=true'];

let kept = false;

/** Keep the page, once for each visit; where the browser or the address allows none of it, nothing happens. */
export async function keepShell(): Promise<void> {
  if (kept || !import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  kept = true;
  await navigator.serviceWorker.register('/sw.js');
  const ready = await navigator.serviceWorker.ready;
  const asked = performance.getEntriesByType('resource').map((entry) => entry.name);
  ready.active?.postMessage({ keep: [...NEEDED, ...asked] });
}

/** Forget every answer: somebody else may take the phone. */
export async function forgetAnswers(): Promise<void> {
  if ('caches' in window) await caches.delete('liandong-answers');
}
