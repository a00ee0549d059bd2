import { describe, expect, it } from 'vitest';
import { trendColumns } from '../src/evaluation/trend';
import { change, gradeMark, percent, points, sheetPath, span, type Figures, type Point } from '../src/model/evaluation';

function figures(score: number | null): Figures {
  return { counts: {}, rates: {}, score, grade: null, parts: [] };
}

describe('figures', () => {
  it('are a dash without data, and never a zero', () => {
    expect([percent(null), points(null), percent(0), points(0)]).toEqual(['–', '–', '0.0 %', '0.0']);
  });

  it.each([
    [85.5, 80, '+5.5'],
    [80, 85.5, '−5.5'],
    [80, 80.04, '±0'],
    [80, null, '–'],
    [null, 80, '–'],
  ])('from %s against %s change by %s', (now, then, shown) => {
    expect(change(now, then)).toBe(shown);
  });

  it.each([
    [900, '0.9 s'],
    [42_000, '42 s'],
    [750_000, '12.5 min'],
    [11_520_000, '3.2 h'],
    [259_200_000, '3.0 d'],
  ])('%i ms are %s', (ms, shown) => {
    expect(span(ms)).toBe(shown);
  });
});

it('grades have a shape each', () => {
  const shapes = ['green', 'blue', 'yellow', 'red', 'black'].map((colour) => gradeMark(colour).shape);

  expect(new Set(shapes).size).toBe(5);
});

it('subjects lie where the server keeps them', () => {
  expect(sheetPath('department')).toEqual(['/evaluation/departments', {}]);
  expect(sheetPath('grid')).toEqual(['/evaluation/areas', { by: 'grid' }]);
  expect(sheetPath('foreman')).toEqual(['/evaluation/posts', { post: 'foreman' }]);
});

it('a trend has a hole where there was no data', () => {
  const period = { kind: 'month', label: '2026-11', first: '', last: '' };
  const trend: Point[] = [
    { period, figures: figures(80), year_before: null },
    { period, figures: figures(null), year_before: figures(70) },
  ];

  expect(trendColumns(trend)).toEqual([
    [0, 1],
    [80, null],
    [null, 70],
  ]);
});
