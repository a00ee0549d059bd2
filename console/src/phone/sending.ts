/** How steps, photos and reports become errands. */

import type { Step, StepChoice, Task } from '../model/incident';
import type { Filed } from '../model/reports';
import { newKey, type NewErrand } from './errand';
import { outbox } from './outbox.svelte';

export type PhotoKind = 'report' | 'before' | 'after' | 'check' | 'snapshot';

/** Take a task step: sent at once where there is a connection, kept on the device where there is none. */
export async function takeStep(task: Task, step: Step, choice: StepChoice): Promise<void> {
  const errand = {
    key: newKey(),
    method: 'POST' as const,
    path: `/tasks/${task.id}/steps`,
    body: { step: step.step, ...choice },
    photo: null,
    group: `incident/${task.incident}`,
    task: task.id,
    what: step.step,
  };
  await deliver(errand);
}

/** Take an incident step: verifying, above all. */
export async function takeIncidentStep(incident: string, step: Step, choice: StepChoice): Promise<void> {
  await deliver({
    key: newKey(),
    method: 'POST',
    path: `/incidents/${incident}/steps`,
    body: { step: step.step, ...choice },
    photo: null,
    group: `incident/${incident}`,
    task: null,
    what: step.step,
  });
}

/** What a photo shows: its kind, and whether people, plates or papers are on it, so that looks at it are logged. */
export interface Shows {
  kind: PhotoKind;
  personal: boolean;
}

/** Send a photo of an incident, and perhaps of one of its tasks. */
export async function sendPhoto(photo: Blob, shows: Shows, incident: string, task = ''): Promise<void> {
  const key = newKey();
  const query = new URLSearchParams({
    kind: shows.kind,
    incident,
    ...(task === '' ? {} : { task }),
    ...(shows.personal ? { personal: 'true' } : {}),
  });
  const errand = photoErrand(photo, `incident/${incident}`, key, `/photos/${key}?${query.toString()}`);
  await deliver({ ...errand, task: task === '' ? null : task });
}

/** A photo of a report under the id that it keeps; `sent` when the server has it already. */
export interface Picture {
  key: string;
  photo: Blob;
  /** it shows people, plates or papers: looks at it are logged */
  personal: boolean;
  sent: boolean;
}

/** Return where a photo of a report is sent. */
export function addressOf({ key, personal }: Picture): string {
  return `/photos/${key}?kind=report${personal ? '&personal=true' : ''}`;
}

/** Send a report; photos that the server does not have yet go before it. The answer is null while it is only kept. */
export async function sendReport(body: object, pictures: readonly Picture[]): Promise<Filed | null> {
  const group = `report/${newKey()}`;
  const unsent = pictures.filter((picture) => !picture.sent);
  const report: NewErrand = {
    key: newKey(),
    method: 'POST',
    path: '/reports',
    body: { ...body, photos: pictures.map((picture) => picture.key) },
    photo: null,
    group,
    task: null,
    what: 'report',
  };
  const photos = unsent.map((picture) => photoErrand(picture.photo, group, picture.key, addressOf(picture)));
  return (await deliver(...photos, report)) as Filed | null;
}

function photoErrand(photo: Blob, group: string, key: string, path: string): NewErrand {
  return { key, path, method: 'PUT', body: null, photo, group, task: null, what: 'photo' };
}

/** Keep errands and try to send them; return the last one's answer, null while it waits. Throws the refusal of one that is refused now, having forgotten it. */
async function deliver(...errands: NewErrand[]): Promise<unknown> {
  const made = await outbox.add(...errands);
  const last = made.at(-1);
  if (last === undefined) throw new Error('Expected an errand, got none - at `outbox`');
  let answer: unknown = null;
  const end = outbox.watch((errand, said) => {
    if (errand.id === last.id) answer = said;
  });
  try {
    await outbox.flush();
  } finally {
    end();
  }
  const refusal = made.map((errand) => outbox.refusalOf(errand)).find((found) => found !== null);
  if (refusal === undefined) return answer;
  for (const errand of made) if (outbox.isKept(errand)) await outbox.drop(errand);
  throw refusal;
}
