/** The English dictionary, section by section. */

import type { Dictionary } from './zh';
import { duty } from './en/duty';
import { core } from './en/core';
import { life } from './en/life';
import { holding } from './en/holding';
import { evaluation } from './en/evaluation';
import { response } from './en/response';
import { telling } from './en/telling';
import { phone } from './en/phone';

export const en: Dictionary = {
  ...core,
  ...life,
  ...telling,
  ...duty,
  ...holding,
  ...evaluation,
  ...response,
  ...phone,
};
