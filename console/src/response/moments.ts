/** Moments as a date field of the browser shows them: wall-clock time of the city, not of the screen. */

const PARTS = new Map<string, Intl.DateTimeFormat>();

function formatOf(timezone: string): Intl.DateTimeFormat {
  const known = PARTS.get(timezone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'short' });
  PARTS.set(timezone, made);
  return made;
}

/** `2026-11-20T16:00` in the city, for a `datetime-local` field. */
export function localOf(time: string, timezone: string): string {
  return formatOf(timezone).format(new Date(time)).replace(' ', 'T');
}

/** The moment, in UTC, that a `datetime-local` field of the city says. */
export function atOf(local: string, timezone: string): string {
  const asUtc = Date.parse(`${local}:00Z`);
  // How far the city is from UTC is asked at the moment itself; a second look settles days on which clocks change.
  const offset = (at: number): number => Date.parse(`${localOf(new Date(at).toISOString(), timezone)}:00Z`) - at;
  const first = asUtc - offset(asUtc);
  return new Date(asUtc - offset(first)).toISOString();
}
