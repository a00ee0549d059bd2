/** What an event of an incident says beside its step: to whom, from what to what, until when. */

import { t, word } from '../i18n/index.svelte';
import { clockTime } from '../model/format';
import type { IncidentEvent } from '../model/incident';
import { city } from '../stores/city.svelte';

interface Change {
  from: string | number;
  to: string | number;
}

/** Return the parts of an event's story, in the language of the screen; none where the step says it all. */
export function details(event: IncidentEvent): string[] {
  const { tasks, priority, jurisdiction, disposition, override, due_ns } = event.data;
  return [
    event.named === '' ? '' : t('life.named', { name: event.named }),
    Array.isArray(tasks) ? t('life.to', { departments: departmentsOf(tasks as { department: string }[]) }) : '',
    isChange(priority) ? t('life.priority', { from: priority.from, to: priority.to }) : '',
    isChange(jurisdiction) ? t('life.passed', { from: levelOf(jurisdiction.from), to: levelOf(jurisdiction.to) }) : '',
    typeof disposition === 'string' ? t('life.disposition', { word: word('disposition', disposition) }) : '',
    event.step === 'grant' && typeof due_ns === 'number' ? t('life.newLimit', { time: timeOf(due_ns) }) : '',
    typeof override === 'string' ? t('life.override', { note: override }) : '',
  ].filter((part) => part !== '');
}

/** Return whose an incident is: the city's, or a district's. */
export function levelOf(district: string | number): string {
  return district === '' ? t('life.city') : t('life.district', { district: city.district(String(district)) });
}

function departmentsOf(tasks: readonly { department: string }[]): string {
  return [...new Set(tasks.map((task) => city.department(task.department)))].join(', ');
}

function timeOf(due_ns: number): string {
  return clockTime(new Date(due_ns / 1e6).toISOString(), city.timezone, false);
}

function isChange(value: unknown): value is Change {
  return typeof value === 'object' && value !== null && 'from' in value && 'to' in value;
}
