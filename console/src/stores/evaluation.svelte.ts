/** What the evaluation page shows: the question as it was put, and the answers to it. */

import { ApiError, fileAddress, read, type Query } from '../api';
import {
  sheetPath,
  type Formulas,
  type Point,
  type RuleLine,
  type Sheet,
  type Spread,
  type Subject,
} from '../model/evaluation';

class EvaluationStore {
  subject = $state<Subject>('department');
  period = $state('month');
  at = $state('');
  first = $state('');
  last = $state('');
  source = $state('');
  drill = $state(false);
  /** whose trend is drawn; all together when empty */
  chosen = $state('');

  formulas = $state.raw<Formulas | null>(null);
  sheet = $state.raw<Sheet | null>(null);
  points = $state.raw<readonly Point[]>([]);
  rules = $state.raw<readonly RuleLine[]>([]);
  spreads = $state.raw<readonly Spread[]>([]);
  error = $state.raw<ApiError | null>(null);
  #asked = 0;

  get query(): Query {
    const days = this.period === 'custom' ? { from: this.first, to: this.last } : { at: this.at };
    const given = Object.entries(days).filter(([, day]) => day !== '');
    return {
      period: this.period,
      ...Object.fromEntries(given),
      ...(this.source === '' ? {} : { source: this.source }),
      drill: this.drill,
    };
  }

  /** The address of a table as CSV. */
  csv(table: string): string {
    return fileAddress('/evaluation/csv', { ...this.query, table });
  }

  async load(): Promise<void> {
    const asked = ++this.#asked;
    const [path, more] = sheetPath(this.subject);
    const query = this.query;
    try {
      this.formulas ??= await read<Formulas>('/evaluation/formulas');
      const [sheet, rules, times] = await Promise.all([
        read<Sheet>(path, { ...query, ...more }),
        read<{ rules: readonly RuleLine[] }>('/evaluation/rules', query),
        read<{ spreads: readonly Spread[] }>('/evaluation/times', query),
      ]);
      if (asked !== this.#asked) return;
      [this.sheet, this.rules, this.spreads, this.error] = [sheet, rules.rules, times.spreads, null];
      if (!sheet.lines.some((line) => line.id === this.chosen)) this.chosen = sheet.lines[0]?.id ?? '';
      await this.loadTrend();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (asked === this.#asked) this.error = error;
    }
  }

  async loadTrend(): Promise<void> {
    const [subject, id] = [this.subject, this.chosen];
    const trend = await read<{ points: readonly Point[] }>('/evaluation/trend', { ...this.query, subject, id });
    if (subject === this.subject && id === this.chosen) this.points = trend.points;
  }
}

export const evaluation = new EvaluationStore();
