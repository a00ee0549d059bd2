/** What the server says of an evaluation, and how its figures read. */

import type { Mark, Shape } from './severity';
import type { Bilingual } from './wire';

export interface PeriodFacts {
  kind: string;
  label: string;
  first: string;
  last: string;
}

export interface Ratio {
  numerator: number;
  denominator: number;
  value: number | null;
}

export interface Part {
  item: string;
  weight: number;
  used_weight: number;
  score: number | null;
}

export interface Figures {
  counts: Record<string, number>;
  rates: Record<string, Ratio>;
  score: number | null;
  grade: string | null;
  parts: readonly Part[];
}

export interface Line {
  id: string;
  name: string;
  now: Figures;
  before: Figures;
  year_before: Figures | null;
}

export interface Sheet {
  subject: string;
  period: PeriodFacts;
  drill: boolean;
  behind: number;
  whole: Line;
  lines: readonly Line[];
}

export interface Point {
  period: PeriodFacts;
  figures: Figures;
  year_before: Figures | null;
}

export interface RuleLine {
  rule: string;
  incidents: number;
  ended: Record<string, number>;
  false_share: Ratio;
}

export interface Spread {
  department: string;
  priority: number;
  measure: string;
  number: number;
  p50_ms: number;
  p90_ms: number;
  p99_ms: number;
}

export interface Grade {
  grade: string;
  from_score: number;
  colour: string;
  name: Bilingual;
}

export interface Formulas {
  counts: Record<string, Bilingual>;
  rates: Record<string, { name: Bilingual; of: string; out_of: string; source: string }>;
  grades: readonly Grade[];
  subjects: Record<string, readonly { item: string; weight: number; scoring: string; source: string }[]>;
}

export const PERIODS = ['week', 'month', 'quarter', 'year', 'custom'] as const;
export const SUBJECTS = ['department', 'district', 'grid', 'collector', 'acceptor', 'foreman', 'dispatcher'] as const;
export const POSTS: readonly string[] = ['collector', 'acceptor', 'foreman', 'dispatcher'];
export const SOURCES = ['sensor', 'video', 'collector', 'hotline', 'leader', 'department'] as const;
export const MEASURES = ['incident', 'dispatched', 'told', 'accepted', 'arrived', 'fed_back', 'checked'] as const;
export type Subject = (typeof SUBJECTS)[number];

/** Where the server keeps a sheet, with the parameter that tells the sort of subject. */
export function sheetPath(subject: Subject): [string, Record<string, string>] {
  if (subject === 'department') return ['/evaluation/departments', {}];
  if (subject === 'district' || subject === 'grid') return ['/evaluation/areas', { by: subject }];
  return ['/evaluation/posts', { post: subject }];
}

const SHAPES: Partial<Record<string, Shape>> = {
  green: 'circle',
  blue: 'ring',
  yellow: 'diamond',
  red: 'triangle',
  black: 'octagon',
};

/** A grade's mark: each colour has a shape of its own. */
export function gradeMark(colour: string): Mark {
  return { shape: SHAPES[colour] ?? 'dots', color: `--grade-${colour}` };
}

/** A share as percent: `96.3 %`; a dash is no data. */
export function percent(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : `${(value * 100).toFixed(1)} %`;
}

/** Points as people write them: `85.5`. */
export function points(score: number | null | undefined): string {
  return score === null || score === undefined ? '–' : score.toFixed(1);
}

/** A change with its sign; a dash where one of both is missing. */
export function change(now: number | null, then: number | null | undefined): string {
  if (now === null || then === null || then === undefined) return '–';
  const by = Math.round((now - then) * 10) / 10;
  return by === 0 ? '±0' : `${by > 0 ? '+' : '−'}${Math.abs(by).toFixed(1)}`;
}

/** A span for a table: `42 s`, `12.5 min`, `3.2 h`, `2.0 d`. */
export function span(ms: number): string {
  const s = ms / 1000;
  if (s < 100) return `${s < 10 ? s.toFixed(1) : Math.round(s)} s`;
  if (s < 6000) return `${(s / 60).toFixed(1)} min`;
  return s < 172_800 ? `${(s / 3600).toFixed(1)} h` : `${(s / 86_400).toFixed(1)} d`;
}
