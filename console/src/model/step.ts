/** Steps as they are offered, and what somebody chooses when taking one. */

import type { Bilingual } from './wire';

export type Need = 'note' | 'department' | 'disposition' | 'person' | 'grade' | 'override' | 'condition';

export interface Step {
  step: string;
  task: string | null;
  needs: Need[];
  label: Bilingual;
  /** how the incident may end by this step */
  dispositions: string[];
  /** of the class's case standard, where there are several to choose from */
  conditions?: Condition[];
  /** the one chosen before */
  condition?: string;
}

/** What makes it a case, or, for closing, when it is over. */
export interface Condition {
  id: string;
  name: Bilingual;
  limit: string;
}

/** What somebody decided when taking a step. */
export interface StepChoice {
  /** of the incident as they saw it when they decided */
  version: number;
  note?: string;
  departments?: string[];
  disposition?: string;
  priority?: number;
  person?: string;
  condition?: string;
  override?: string;
  grade?: string;
  deaths?: number;
  injuries?: number;
  loss_cny?: number;
}
