/** What happened lately: what the stream told since the page was opened, and before that what the queue itself knows. */

import type { IncidentNews, IncidentSummary } from './incident';
import type { Bilingual } from './wire';

export interface Happening {
  key: string;
  at: string;
  incident: string;
  title: Bilingual;
  priority: number;
  step: string;
  who: string | null;
  department: string | null;
}

/** Return the newest happenings, at most `most`. */
export function recent(news: readonly IncidentNews[], open: readonly IncidentSummary[], most: number): Happening[] {
  const told = news.map(toldBy);
  const knownUntil = Math.min(...told.map((one) => Date.parse(one.at)), Infinity);
  const heard = new Set(told.map(nameOf));
  const before = open.flatMap(milestones).filter((one) => Date.parse(one.at) < knownUntil && !heard.has(nameOf(one)));
  return [...told, ...before].sort((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, most);
}

/** The milestone that a happening is, whoever told of it: an alarm's time is a little before that of its event. */
function nameOf({ incident, step }: Happening): string {
  return `${incident}-${step}`;
}

function toldBy(news: IncidentNews): Happening {
  const { event } = news;
  return {
    key: `event-${event.number}`,
    at: event.at,
    incident: news.id,
    title: news.title,
    priority: news.priority,
    step: event.step,
    who: event.actor?.name ?? null,
    department: event.department,
  };
}

function milestones(incident: IncidentSummary): Happening[] {
  const times: [string, string | null][] = [
    ['open', incident.opened_at],
    ['acknowledge', incident.acknowledged_at],
    ['recover', incident.recovered_at],
  ];
  return times.flatMap(([step, at]) => (at === null ? [] : [milestone(incident, step, at)]));
}

function milestone({ id, title, priority }: IncidentSummary, step: string, at: string): Happening {
  return { key: `milestone-${id}-${step}`, at, incident: id, title, priority, step, who: null, department: null };
}
