/** Duty as the API tells it, and the local days of a week. */

import type { Bilingual } from './wire';
import type { RosterSwap } from './swap';
import { calendarDate } from './format';

export interface DutyPerson {
  username: string;
  name: string;
  name_en: string;
  phone: string;
}

/** A calendar feed without its address, which is told once. */
export interface CalendarFeed {
  id: string;
  /** empty for one's own shifts */
  department: string;
  person: string;
  made_at: string;
  read_at: string | null;
}

export interface PostDuty {
  department: string;
  post: string;
  name: Bilingual;
  signs: boolean;
  people: DutyPerson[];
  since_at: string | null;
  until_at: string | null;
  signed: boolean;
  planned: DutyPerson[];
}

export interface Span {
  from_at: string;
  to_at: string;
}

export interface Shift extends Span {
  people: DutyPerson[];
}

export interface RosterDay {
  date: string;
  working: boolean;
  name: Bilingual | null;
}

export interface PostRoster {
  department: string;
  post: string;
  name: Bilingual;
  always: boolean;
  signs: boolean;
  people: DutyPerson[];
  shifts: Shift[];
  gaps: Span[];
}

export interface RosterChange extends Span {
  id: string;
  pair: string;
  kind: string;
  department: string;
  post: string;
  person: DutyPerson | null;
  instead: DutyPerson[];
  note: string;
  made_by: string;
  made_at: string;
  revoked_at: string | null;
}

export interface Twice extends Span {
  person: DutyPerson;
  posts: [string, string];
}

export interface RosterSpan extends Span {
  days: RosterDay[];
  posts: PostRoster[];
  overlaps: Twice[];
  changes: RosterChange[];
  swaps: RosterSwap[];
}

export interface OpenLine {
  incident: string;
  number: string;
  title: Bilingual;
  priority: number;
  state: string;
  stage: string;
  due_at: string | null;
  light: 'green' | 'yellow' | 'red' | null;
  hazard_unconfirmed: boolean;
}

export interface Brief {
  written_at: string;
  counts: Record<'open' | 'near' | 'overdue' | 'silences' | 'flapping' | 'stuck', number>;
  open: OpenLine[];
  silences: { id: string; reason: string; author: string; until_at: string }[];
  flapping: { sensor: string; rule: string; rule_name: Bilingual; times: number }[];
  stuck: { sensor: string; state: string }[] | null;
}

export interface Signed {
  username: string;
  name: string;
  at: string;
  note: string;
}

export interface Handover {
  id: string;
  department: string;
  post: string;
  name: Bilingual;
  opened_at: string;
  due_at: string;
  late_at: string | null;
  outgoing: DutyPerson[];
  incoming: DutyPerson[];
  brief: Brief;
  notes: { at: string; person: string; name: string; text: string }[];
  signed_out: Signed | null;
  signed_in: Signed | null;
  ended_at: string | null;
  may_sign: ('out' | 'in')[];
}

export interface LogEntry {
  number: number;
  at: string;
  department: string;
  step: string;
  person: string;
  note: string;
  incident: string | null;
}

/** Who may change rosters; the server has the last word. */
export const CHANGING = ['foreman', 'leader', 'dispatcher', 'officer'] as const;

const DAY_MS = 86_400_000;

/** The moment at which a clock in `timezone` shows `local`, such as `2026-11-20T08:00`. */
export function instantOf(local: string, timezone: string): string {
  const wanted_ms = Date.parse(`${local.length === 10 ? `${local}T00:00` : local}Z`);
  // Twice, for the offset may change between the guess and the moment.
  let at_ms = wanted_ms - offsetOf(wanted_ms, timezone);
  at_ms = wanted_ms - offsetOf(at_ms, timezone);
  return new Date(at_ms).toISOString();
}

/** What a clock in `timezone` shows at a moment, as a date-time field wants it. */
export function localOf(time: string | number, timezone: string): string {
  const at_ms = new Date(time).getTime();
  return new Date(at_ms + offsetOf(at_ms, timezone)).toISOString().slice(0, 16);
}

function offsetOf(at_ms: number, timezone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at_ms);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const shown = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return shown - Math.floor(at_ms / 1000) * 1000;
}

/** The week, Monday to Monday, `ahead` weeks from the one that `now_ms` is in. */
export function weekOf(now_ms: number, ahead: number, timezone: string): { from: string; to: string } {
  const today = Date.parse(calendarDate(now_ms, timezone));
  const monday = today - ((new Date(today).getUTCDay() + 6) % 7) * DAY_MS + ahead * 7 * DAY_MS;
  const [from, to] = [monday, monday + 7 * DAY_MS].map((day) => new Date(day).toISOString().slice(0, 10));
  return { from: instantOf(from ?? '', timezone), to: instantOf(to ?? '', timezone) };
}

/** Spans by the local day on which they begin; what began before the first day belongs to it. */
export function byDay<T extends Span>(spans: readonly T[], days: readonly RosterDay[], timezone: string): T[][] {
  const first = days[0]?.date ?? '';
  return days.map(({ date }) =>
    spans.filter((span) => {
      const began = calendarDate(span.from_at, timezone);
      return began === date || (date === first && began < first);
    }),
  );
}
