/** What rules say in the server's words (English), said in the language of the screen. */

import { word } from '../i18n/index.svelte';
import { phrasebook, type Phrase } from '../i18n/phrases';
import { moment } from '../model/format';

const SPAN = String.raw`\d[\d.]*[smhd]`;
const NUMBER = String.raw`-?\d[\d.e+-]*`;
const PLACE = String.raw`of one (?:sensor|site|upstream|grid|district)|within [\d.]+ m`;

/** How the server writes each phrase, in the order in which they are looked for: long ones before their parts. */
const PHRASES: readonly Phrase[] = [
  ['is now about `(.+)`, on which this sensor depends', 'said.folded'],
  ['the rule was changed or removed, or no longer selects this sensor', 'said.dismissed'],
  ['the rule runs in shadow', 'said.shadowed'],
  ['the rule came out of shadow', 'said.unshadowed'],
  ['no good reading since', 'said.noGood'],
  ['beyond what its sensor can measure', 'said.beyond'],
  ['only time in which the broker was heard', 'said.counted'],
  ['The history begins at (.+?): of what was before, nothing is kept\\.', 'said.historyBegins'],
  ['The history begins at (.+?), after the span\\.', 'said.historyLater'],
  ['The rules began without a warm-up: nothing is kept from before the span\\.', 'said.noWarmUp'],
  ['Nothing arrived in the span\\.', 'said.nothingArrived'],
  [`, and (${SPAN}) more`, 'said.more'],
  [`(${NUMBER}) intervals and (${SPAN})`, 'said.intervalsAnd'],
  [`(${NUMBER}) intervals`, 'said.intervals'],
  ['not heard for (.+)', 'said.unheard'],
  [`a step of more than (.+?) in (${SPAN}), until (${SPAN}) after`, 'said.leap'],
  [`value unchanged for (${SPAN}) while readings keep coming`, 'said.flat'],
  [`value within (\\S+) for (${SPAN}) while readings keep coming`, 'said.nearlyFlat'],
  ['departure \\(0 to 5\\) from its own habit and its neighbours', 'said.bothHabits'],
  ['departure \\(0 to 5\\) from its own habit', 'said.ownHabit'],
  ['departure \\(0 to 5\\) from its neighbours', 'said.neighbours'],
  [`, learned for (${SPAN}) and (\\d+) readings:`, 'said.learned'],
  [
    `mean difference of (${SPAN}) to the neighbours (${PLACE}) moved from what it was, learned for (${SPAN}):`,
    'said.drift',
  ],
  [`sensors (${PLACE}), each (.+?) within (${SPAN}):`, 'said.voters'],
  [`difference to the others (${PLACE}) within (${SPAN})`, 'said.difference'],
  [`ratio to the others (${PLACE}) within (${SPAN})`, 'said.ratio'],
  [`rises within (${SPAN})`, 'said.rises'],
  [`falls within (${SPAN})`, 'said.falls'],
  [` (${PLACE}) within (${SPAN}):`, 'said.place'],
  [` (${PLACE}) within (${SPAN})`, 'said.placeOnly'],
  ['of one sensor', 'said.sensor'],
  ['of one site', 'said.site'],
  ['of one upstream', 'said.upstream'],
  ['of one grid', 'said.grid'],
  ['of one district', 'said.district'],
  ['within ([\\d.]+) m\\b', 'said.radius'],
  [' then ', 'said.then'],
  [' without ', 'said.without'],
  [', until not ', 'said.left'],
  [` for (${SPAN})`, 'said.held'],
  [`outside (${NUMBER}) to (${NUMBER})`, 'said.outside'],
  [`above (${NUMBER})`, 'said.above'],
  [`below (${NUMBER})`, 'said.below'],
  [`at least (${NUMBER})`, 'said.atLeast'],
  ['\\b(\\d[\\d.]*)s\\b', 'said.seconds'],
  ['\\b(\\d[\\d.]*)m\\b', 'said.minutes'],
  ['\\b(\\d[\\d.]*)h\\b', 'said.hours'],
  ['\\b(\\d[\\d.]*)d\\b', 'said.days'],
];

/** Return a rule's sentence (a condition, why an alarm cleared) in the language of the screen. */
export const spoken = phrasebook(PHRASES);

/** Return a rule's sentence as above, its times by the city's clock. */
export function spokenAt(sentence: string, timezone: string, now_ms: number): string {
  const ISO = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;
  return spoken(sentence.replace(ISO, (at) => moment(at, timezone, now_ms)));
}

/** Return a schedule's hours in the language of the screen; a city's own name for them stays. */
export function spokenHours(described: string): string {
  return described.replace(/[a-z_]+/g, (one) => word('hours', one));
}

/** What a kind says of a target beside its levels, a line each: its name and what it is. */
export function evidenceLines(evidence: Record<string, unknown>, timezone: string, now_ms: number): [string, string][] {
  const told = (value: unknown): string => {
    if (Array.isArray(value)) return value.map(told).join(', ');
    if (typeof value === 'object' && value !== null) return partsOf(value).map(told).filter(Boolean).join(' ');
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return typeof value === 'string' ? saidOf(value, timezone, now_ms) : '';
  };
  return Object.entries(evidence)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [nameOf(name), name === 'schedule' ? spokenHours(told(value)) : told(value)]);
}

/** The members of a part of evidence; of a reading, when it came is told only where that is not when it was made. */
function partsOf(part: object): unknown[] {
  const { arrival, ...rest } = part as Record<string, unknown>;
  return Object.values(arrival === rest['time'] ? rest : { ...rest, arrival });
}

function nameOf(name: string): string {
  const known = word('evidence', name);
  return known === name ? name.replaceAll('_', ' ') : known;
}

function saidOf(text: string, timezone: string, now_ms: number): string {
  if (/^\d{4}-\d\d-\d\dT/.test(text)) return moment(text, timezone, now_ms);
  for (const family of ['quality', 'evidenceValue']) {
    const known = word(family, text);
    if (known !== text) return known;
  }
  return spoken(text);
}
