/** The language of the screen: words from one dictionary each, and the city's own bilingual names. */

import type { Bilingual } from '../model/wire';
import { en } from './en';
import { zh, type Dictionary, type Word } from './zh';

export type Language = 'zh' | 'en';
export type { Word };

const KEPT_AS = 'liandong.language';
const DICTIONARIES: Record<Language, Dictionary> = { zh, en };

class Tongue {
  language = $state<Language>(kept() ?? 'zh');

  speak(language: Language): void {
    this.language = language;
    localStorage.setItem(KEPT_AS, language);
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  }

  /** Take the language of the user's profile, unless somebody chose one on this screen. */
  suggest(language: string): void {
    if (kept() === null && (language === 'zh' || language === 'en')) this.language = language;
    document.documentElement.lang = this.language === 'zh' ? 'zh-CN' : 'en';
  }
}

function kept(): Language | null {
  const language = localStorage.getItem(KEPT_AS);
  return language === 'zh' || language === 'en' ? language : null;
}

export const tongue = new Tongue();

/** Return the words for `word`, with `{name}` replaced from `values`. */
export function t(word: Word, values: Record<string, string | number> = {}): string {
  return fill(DICTIONARIES[tongue.language][word], values);
}

/** Return the word for one of the server's own words, or that word itself when the dictionary lacks it. */
export function word(family: string, key: string | null | undefined): string {
  if (key === null || key === undefined || key === '') return '';
  const words: Partial<Record<string, string>> = DICTIONARIES[tongue.language];
  return words[`${family}.${key}`] ?? key;
}

/** Return a bilingual name in the language of the screen; the other language when that is missing. */
export function say(name: Bilingual | string | null | undefined): string {
  if (name === null || name === undefined) return '';
  if (typeof name === 'string') return name;
  const [first, second] = tongue.language === 'zh' ? [name.zh, name.en] : [name.en, name.zh];
  return first !== '' ? first : second;
}

/** Return the name of something that carries `name` and `name_en`. */
export function nameOf(thing: { name: string; name_en: string }): string {
  return say({ zh: thing.name, en: thing.name_en });
}

/** Return the names of several, in a row. */
export function namesOf(things: readonly { name: string; name_en: string }[]): string {
  return things.map(nameOf).join(tongue.language === 'zh' ? '、' : ', ');
}

function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
