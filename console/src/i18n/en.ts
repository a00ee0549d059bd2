/** The English dictionary, section by section. */

import type { Dictionary } from './zh';
import { duty } from './en/duty';
import { frame } from './en/frame';
import { wall } from './en/wall';
import { queue } from './en/queue';
import { incident } from './en/incident';
import { map } from './en/map';
import { sensor } from './en/sensor';
import { registry } from './en/registry';
import { mistake } from './en/mistake';
import { fault } from './en/fault';
import { report } from './en/report';
import { operations } from './en/operations';
import { life } from './en/life';
import { hints } from './en/hints';
import { holding } from './en/holding';
import { evaluation } from './en/evaluation';
import { response } from './en/response';
import { telling } from './en/telling';
import { phone } from './en/phone';
import { shadow } from './en/shadow';
import { backtest } from './en/backtest';
import { why } from './en/why';
import { ruleWords } from './en/ruleWords';

export const en: Dictionary = {
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
