/** The Chinese dictionary, section by section; its keys are the words that the console knows. */

import { core } from './zh/core';

export const zh = { ...core };

export type Word = keyof typeof zh;
/** Every language has a word for every key. */
export type Dictionary = Record<Word, string>;
