/** Which alarms of an incident can be drawn, and with which limits. */

import type { IncidentAlarm } from '../model/incident';

/** Return the newest transition of each alarm that was decided on a reading, worst and newest first. */
export function measured(alarms: readonly IncidentAlarm[]): IncidentAlarm[] {
  const first = new Map<string, IncidentAlarm>();
  for (const alarm of [...alarms].sort(byTime)) {
    if (alarm.quantity !== '' && alarm.value !== null && !first.has(alarm.alarm)) first.set(alarm.alarm, alarm);
  }
  return [...first.values()];
}

/** What an alarm is told from others by: its rule, what it is about, and when. */
export interface Called {
  rule: string;
  target: string;
  time: string;
}

/** Return for each of several alarms as few words as tell it from the others. */
export function labelsOf(alarms: readonly Called[]): string[] {
  const ways: ((one: Called) => string)[] = [
    (one) => one.rule,
    (one) => one.target,
    (one) => `${one.rule} · ${one.target}`,
    (one) => `${one.rule} · ${one.time}`,
  ];
  const distinct = ways.find((way) => new Set(alarms.map(way)).size === alarms.length);
  return alarms.map(distinct ?? ((one) => `${one.rule} · ${one.target} · ${one.time}`));
}

const WORSE: ReadonlySet<string> = new Set(['raised', 'risen']);

/** Return each level's limit of `alarm`, as its transitions told them; none when the chart is in another unit. */
export function limitsOf(
  alarms: readonly IncidentAlarm[],
  alarm: IncidentAlarm | null,
  unit: string | null,
): { level: string; limit: number }[] {
  if (alarm === null || (unit !== null && unit !== alarm.unit)) return [];
  const limits = new Map<number, string>();
  for (const one of [...alarms].sort(byTime)) {
    // On its way down an alarm tells the value that cleared it, which is no limit.
    if (one.alarm === alarm.alarm && one.limit !== null && WORSE.has(one.change)) limits.set(one.limit, one.level);
  }
  return [...limits].map(([limit, level]) => ({ level, limit }));
}

/** Compare alarms' times, oldest first: the moment of an incident is when it began. */
function byTime(a: IncidentAlarm, b: IncidentAlarm): number {
  return Date.parse(a.time) - Date.parse(b.time);
}
