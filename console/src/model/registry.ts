/** Files of sensors and components, as the server tells of them. */

/** Who may bring files in, and who may take them away. */
export const IMPORTS = ['operator'];
export const EXPORTS = ['operator', 'leader', 'evaluator', 'steward'];

export const NOUNS = ['sensors', 'components'] as const;
export type Noun = (typeof NOUNS)[number];

export const FORMATS = ['csv', 'geojson'] as const;
export const SYSTEMS = ['WGS-84', 'GCJ-02', 'CGCS2000'] as const;

export interface Mistake {
  at: string;
  expected: string;
  got: string;
}

/** What a file would change; of each kind the first. */
export interface Trial {
  rows: number;
  added: number;
  changed: number;
  removed: number;
  first_added: string[];
  first_changed: { id: string; columns: string[] }[];
  first_removed: string[];
  /** Who is no department of this city; it hinders nothing. */
  strangers: { column: string; got: string; rows: number; at: string }[];
  mistakes: Mistake[];
  mistakes_total: number;
}

/** What came of a file that was brought in. */
export interface Brought {
  rows: number;
  changed: number;
  removed: number;
}

/** Tell whether a file can be brought in, and would change anything. */
export function isWorthwhile(trial: Trial): boolean {
  return trial.mistakes_total === 0 && trial.added + trial.changed + trial.removed > 0;
}
