/** The English dictionary, section by section. */

import type { Dictionary } from './zh';
import { core } from './en/core';
import { evaluation } from './en/evaluation';
import { response } from './en/response';
import { phone } from './en/phone';

export const en: Dictionary = { ...core, ...evaluation, ...response, ...phone };
