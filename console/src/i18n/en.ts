/** The English dictionary, section by section. */

import type { Dictionary } from './zh';
import { core } from './en/core';

export const en: Dictionary = { ...core };
