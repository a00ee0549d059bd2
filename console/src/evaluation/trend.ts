/** How uPlot draws a trend of scores: this one as a line, a year before dashed, periods named below. */

import uPlot from 'uplot';
import { color } from '../map/palette';
import type { Point } from '../model/evaluation';

export type Columns = [number[], (number | null)[], (number | null)[]];

export function trendColumns(points: readonly Point[]): Columns {
  return [
    points.map((_, place) => place),
    points.map((point) => point.figures.score),
    points.map((point) => point.year_before?.score ?? null),
  ];
}

export function trendOptions(
  labels: () => readonly string[],
  size: { width: number; height: number },
  hover: (place: number | null) => void,
): uPlot.Options {
  const setCursor = (plot: uPlot): void => {
    hover(plot.cursor.idx ?? null);
  };
  return {
    ...size,
    padding: [10, 34, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { x: { time: false }, y: { range: () => [0, 100] } },
    axes: axes(labels),
    series: [{}, shown('--chart-1', []), shown('--chart-axis', [6, 4])],
    hooks: { setCursor: [setCursor] },
  };
}

function axes(labels: () => readonly string[]): uPlot.Axis[] {
  // Asked at every drawing, for paper has colours of its own.
  const grid = { stroke: () => color('--chart-grid'), width: 1 };
  const common: uPlot.Axis = {
    stroke: () => color('--chart-axis'),
    font: '12px system-ui, sans-serif',
    grid,
    ticks: grid,
  };
  const periods = { space: 70, incrs: [1, 2, 3, 4, 6, 12] };
  return [
    { ...common, ...periods, values: (_, ticks) => ticks.map((tick) => labels()[tick] ?? '') },
    { ...common, size: 46 },
  ];
}

function shown(stroke: string, dash: number[]): uPlot.Series {
  return { stroke: () => color(stroke), width: 2, dash, points: { show: true, size: 6 }, spanGaps: false };
}
