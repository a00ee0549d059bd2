/** The Chinese dictionary, section by section; its keys are the words that the console knows. */

import { duty } from './zh/duty';
import { frame } from './zh/frame';
import { wall } from './zh/wall';
import { queue } from './zh/queue';
import { incident } from './zh/incident';
import { map } from './zh/map';
import { sensor } from './zh/sensor';
import { registry } from './zh/registry';
import { mistake } from './zh/mistake';
import { fault } from './zh/fault';
import { report } from './zh/report';
import { operations } from './zh/operations';
import { life } from './zh/life';
import { hints } from './zh/hints';
import { holding } from './zh/holding';
import { evaluation } from './zh/evaluation';
import { response } from './zh/response';
import { telling } from './zh/telling';
import { phone } from './zh/phone';
import { shadow } from './zh/shadow';
import { backtest } from './zh/backtest';
import { why } from './zh/why';
import { ruleWords } from './zh/ruleWords';

export const zh = {
  ...frame,
  ...wall,
  ...queue,
  ...incident,
  ...map,
  ...sensor,
  ...registry,
  ...mistake,
  ...fault,
  ...report,
  ...operations,
  ...life,
  ...telling,
  ...duty,
  ...holding,
  ...evaluation,
  ...response,
  ...phone,
  ...hints,
  ...shadow,
  ...backtest,
  ...why,
  ...ruleWords,
};

export type Word = keyof typeof zh;
/** Every language has a word for every key. */
export type Dictionary = Record<Word, string>;
