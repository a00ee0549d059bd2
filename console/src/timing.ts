/** Every wait, retry and age limit of the console, in one place. */

/** The server beats every 2 s; a stream that said nothing for this long is stale. */
export const STALE_AFTER_MS = 5_000;
/** How often staleness is judged. */
export const WATCH_EVERY_MS = 500;
/** The first wait before a lost stream is opened again; doubles up to the cap, with jitter. */
export const RECONNECT_FIRST_MS = 500;
export const RECONNECT_CAP_MS = 10_000;
/** Sensor changes that come this close together are drawn together. */
export const COALESCE_MS = 200;
/** A city that could not be read is asked for again after this time: a wall has nobody to press a button. */
export const RELOAD_AFTER_MS = 5_000;
/** Open incidents are counted again this long after something happened to one of them. */
export const COUNT_PAUSE_MS = 1_000;
/** How often clocks move. */
export const TICK_MS = 1_000;
/** A preview follows what is typed by this much. */
export const PREVIEW_DELAY_MS = 300;
/** How often the number of held alarms is read. */
export const HELD_EVERY_MS = 5_000;
/** How often a back-test that runs is looked at. */
export const BACKTEST_EVERY_MS = 1_000;
/** How long a request may take before it counts as unanswered. */
export const REQUEST_TIMEOUT_MS = 15_000;
/** How long a photo or another file may take on a poor connection. */
export const UPLOAD_TIMEOUT_MS = 120_000;
/** What a device could not send is tried again this often. */
export const SEND_AGAIN_MS = 10_000;
/** An unattended wall looks at each open incident for this long, and at the whole city between rounds. */
export const WALL_DWELL_MS = 12_000;
/** A page of the wall's queue stays for this long when it does not fit. */
export const WALL_PAGE_MS = 9_000;
/** A critical incident that nobody has taken sounds once in this time. */
export const SOUND_EVERY_MS = 4_000;
/** How long "muted on this screen" lasts; nobody can silence a wall for good. */
export const MUTE_MS = 5 * 60_000;
/** How far around its moment an incident's readings are shown. */
export const MOMENT_BEFORE_MS = 45 * 60_000;
export const MOMENT_AFTER_MS = 60 * 60_000;
/** An open chart reads its series again this often. */
export const CHART_REFRESH_MS = 30_000;
/** Quiet time after the last keystroke before a search is sent. */
export const SEARCH_PAUSE_MS = 300;
/** Lists of operators' pages are read again this often. */
export const LIST_REFRESH_MS = 10_000;
/** How long a row that has just arrived stays marked as new. */
export const FRESH_MS = 20_000;

/** How often who is on duty is read again: duty passes by hand, not every second. */
export const DUTY_REFRESH_MS = 30_000;

/** Longest wait for the stream to begin before the lists are read anyway. */
export const STREAM_WAIT_MS = 1_000;
