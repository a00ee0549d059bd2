/** A refusal that says what was expected, what was found and where, said in the language of the screen. */

import { t } from '../i18n/index.svelte';
import { spokenFault } from './faults';

/** A refusal in the server's one sentence, taken apart; null for any other sentence. */
export interface Refused {
  at: string;
  expected: string;
  /** empty where it is not told: what a person sent may be personal */
  got: string;
  /** so many mistakes more, which the sentence does not name */
  more: number;
}

const SENTENCE = /^Expected (.+?)(?:, got `(.*)`)? - at `([^`]*)`(?: \(and (\d+) more.*\))?$/s;

export function refusedOf(sentence: string): Refused | null {
  const found = SENTENCE.exec(sentence);
  if (found === null) return null;
  const [, expected = '', got = '', at = '', more = '0'] = found;
  return { at, expected, got, more: Number(more) };
}

/** Return what was expected and found, without where. */
export function saidOf({ expected, got }: { expected: string; got: string }): string {
  const said = { expected: spokenFault(expected), got: spokenFault(got) };
  return got === '' ? t('fault.expectedOnly', said) : t('fault.expectedGot', said);
}

/** Return a refusal in one sentence in the language of the screen; any other sentence as it is. */
export function spokenRefusal(sentence: string): string {
  const refused = refusedOf(sentence);
  if (refused === null) return sentence;
  const more = refused.more > 0 ? t('fault.andMore', { count: refused.more }) : '';
  return `${refused.at} ${saidOf(refused)}${more}`;
}
