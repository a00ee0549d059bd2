/** How far a reading can be trusted: the flags of a series as the words that latest values carry. */

const FLAGS: readonly (readonly [number, string])[] = [
  [1, 'out_of_range'],
  [2, 'clock'],
  [4, 'duplicate'],
  [8, 'late'],
  [16, 'stale'],
  [32, 'simulated'],
  [64, 'bad'],
  [128, 'recorded'],
  [256, 'derived'],
];

/** Flags with which a value says nothing about the city, only about the sensor. */
const UNTRUSTED = new Set(['out_of_range', 'stale', 'bad']);

/** Return the words of `flags`; none when the reading is good. */
export function qualityWords(flags: number): string[] {
  return FLAGS.filter(([flag]) => (flags & flag) !== 0).map(([, word]) => word);
}

/** Tell whether a word warns; that a value was computed is no doubt about it. */
export function isWarning(word: string): boolean {
  return word !== 'derived';
}

/** Tell whether a value with these words says anything about the city. */
export function isTrusted(words: readonly string[]): boolean {
  return !words.some((word) => UNTRUSTED.has(word));
}
