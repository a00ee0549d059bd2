/** The Chinese dictionary, section by section; its keys are the words that the console knows. */

import { core } from './zh/core';
import { response } from './zh/response';
import { phone } from './zh/phone';

export const zh = { ...core, ...response, ...phone };

export type Word = keyof typeof zh;
/** Every language has a word for every key. */
export type Dictionary = Record<Word, string>;
