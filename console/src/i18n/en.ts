/** The English dictionary, section by section. */

import type { Dictionary } from './zh';
import { core } from './en/core';
import { holding } from './en/holding';
import { evaluation } from './en/evaluation';
import { response } from './en/response';
import { phone } from './en/phone';

export const en: Dictionary = { ...core, ...holding, ...evaluation, ...response, ...phone };
