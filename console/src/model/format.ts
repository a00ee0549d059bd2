/** Times, durations, values and distances as people read them; nothing here knows a language's words. */

/** A clock in the city's time zone: `14:05:09`. */
export function clockTime(time: string | number, timezone: string, seconds = true): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' } : {}),
  }).format(new Date(time));
}

/** A date in the city's time zone: `2026-11-20`. */
export function calendarDate(time: string | number, timezone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: timezone }).format(new Date(time));
}

/** The clock, with the date in front when that is not the day of `now_ms`. */
export function moment(time: string | number, timezone: string, now_ms: number): string {
  const day = calendarDate(time, timezone);
  const clock = clockTime(time, timezone);
  return day === calendarDate(now_ms, timezone) ? clock : `${day.slice(5)} ${clock}`;
}

/** A duration as a running clock: `04:09`, `2:04:09`, `3d 02:04`; the sign is dropped. */
export function duration(span_ms: number): string {
  const all_s = Math.floor(Math.abs(span_ms) / 1000);
  const [days, hours, minutes, seconds] = [
    Math.floor(all_s / 86_400),
    Math.floor(all_s / 3600) % 24,
    Math.floor(all_s / 60) % 60,
    all_s % 60,
  ];
  if (days > 0) return `${days}d ${two(hours)}:${two(minutes)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${two(minutes)}:${two(seconds)}`;
}

function two(count: number): string {
  return String(count).padStart(2, '0');
}

/** A value with as many digits as help: `0.31`, `31.4`, `1,204`. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  const digits = size < 1 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: size < 100 ? 1 : 0 };
  return new Intl.NumberFormat('en-US', digits).format(value);
}

/** `850 m`, `1.4 km`. */
export function distance(metres: number): string {
  return metres < 1000 ? `${Math.round(metres)} m` : `${(metres / 1000).toFixed(1)} km`;
}

/** Units that count things have no sign. */
export function unitSign(unit: string): string {
  return unit === '1' || unit === '{count}' ? '' : unit;
}
