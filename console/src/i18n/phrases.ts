/** Sentences that the server writes in English, said in the language of the screen: phrase by phrase. */

import { t, type Word } from './index.svelte';

/** A phrase as the server writes it, a pattern with up to three groups, and the word whose `{a}`, `{b}`, `{c}` they fill. */
export type Phrase = readonly [string, Word];

/** Return what says a sentence made of `phrases`, which are looked for in their order; other words stay as they are. */
export function phrasebook(phrases: readonly Phrase[]): (sentence: string) => string {
  const patterns = phrases.map(([pattern, phrase]) => [new RegExp(pattern, 'g'), phrase] as const);
  return (sentence) =>
    patterns.reduce(
      (text, [pattern, phrase]) =>
        text.replace(pattern, (_, ...found: unknown[]) => {
          const [a, b, c] = found.map((part) => (typeof part === 'string' ? part : ''));
          return t(phrase, { a: a ?? '', b: b ?? '', c: c ?? '' });
        }),
      sentence,
    );
}
