/** The Chinese dictionary, section by section; its keys are the words that the console knows. */

import { duty } from './zh/duty';
import { core } from './zh/core';
import { life } from './zh/life';
import { holding } from './zh/holding';
import { evaluation } from './zh/evaluation';
import { response } from './zh/response';
import { telling } from './zh/telling';
import { phone } from './zh/phone';

export const zh = { ...core, ...life, ...telling, ...duty, ...holding, ...evaluation, ...response, ...phone };

export type Word = keyof typeof zh;
/** Every language has a word for every key. */
export type Dictionary = Record<Word, string>;
