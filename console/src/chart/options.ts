/** How uPlot draws a series here: dark, the band between lowest and highest, limits and the moment as lines. */

import uPlot from 'uplot';
import { color } from '../map/palette';
import { clockTime, figure } from '../model/format';
import { period, span, type Columns } from './columns';

export interface Limit {
  value: number;
  label: string;
  /** custom property of the line's colour */
  color: string;
}

export interface Drawn {
  columns: Columns;
  limits: readonly Limit[];
  /** the moment to mark, seconds */
  moment_s: number | null;
  timezone: string;
  hover: (place: number | null) => void;
}

export function options(drawn: () => Drawn, size: { width: number; height: number }): uPlot.Options {
  const { timezone } = drawn();
  return {
    ...size,
    padding: [10, 12, 0, 0],
    tzDate: (time_s) => uPlot.tzDate(new Date(time_s * 1000), timezone),
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: { x: { range: () => period(drawn().columns) }, y: { range: () => range(drawn()) } },
    axes: [axis(timezone), { ...axis(null), size: 58 }],
    series: [{}, line(), edge(), edge()],
    bands: [{ series: [3, 2], fill: color('--chart-band') }],
    hooks: hooks(drawn),
  };
}

function range({ columns, limits }: Drawn): [number, number] {
  const values = limits.map((limit) => limit.value);
  return span(columns, values);
}

function hooks(drawn: () => Drawn): uPlot.Hooks.Arrays {
  const draw = (plot: uPlot): void => {
    marks(plot, drawn());
  };
  const setCursor = (plot: uPlot): void => {
    drawn().hover(plot.cursor.idx ?? null);
  };
  return { draw: [draw], setCursor: [setCursor] };
}

function line(): uPlot.Series {
  return { stroke: color('--chart-1'), width: 1.6, points: { show: isAlone, size: 7 } };
}

/** A lone reading has no line. */
function isAlone(plot: uPlot): boolean {
  return plot.data[0].length === 1;
}

function edge(): uPlot.Series {
  return { stroke: 'transparent', width: 0, points: { show: false } };
}

function axis(timezone: string | null): uPlot.Axis {
  const grid = { stroke: color('--chart-grid'), width: 1 };
  const common: uPlot.Axis = { stroke: color('--chart-axis'), font: '12px system-ui, sans-serif', grid, ticks: grid };
  if (timezone === null) return { ...common, values: (_, ticks) => ticks.map((tick) => figure(tick)) };
  return {
    ...common,
    space: 70,
    size: 34,
    values: (...[, ticks, , , step_s]) => ticks.map((tick_s) => tickText(tick_s, step_s, timezone)),
  };
}

function tickText(tick_s: number, step_s: number, timezone: string): string {
  const clock = clockTime(tick_s * 1000, timezone, step_s < 60);
  if (clock.slice(0, 5) !== '00:00' && step_s < 86_400) return clock;
  return new Intl.DateTimeFormat('en-CA', { timeZone: timezone, month: '2-digit', day: '2-digit' }).format(
    tick_s * 1000,
  );
}

function marks(plot: uPlot, { limits, moment_s }: Drawn): void {
  const pen = plot.ctx;
  pen.save();
  pen.beginPath();
  pen.rect(plot.bbox.left, plot.bbox.top, plot.bbox.width, plot.bbox.height);
  pen.clip();
  pen.lineWidth = 1.5 * devicePixelRatio;
  for (const limit of limits) limitLine(plot, limit);
  if (moment_s !== null) momentLine(plot, moment_s);
  pen.restore();
}

function limitLine(plot: uPlot, limit: Limit): void {
  const pen = plot.ctx;
  const y = plot.valToPos(limit.value, 'y', true);
  pen.strokeStyle = pen.fillStyle = color(limit.color);
  pen.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
  stroke(pen, [plot.bbox.left, y], [plot.bbox.left + plot.bbox.width, y]);
  pen.textAlign = 'left';
  pen.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  const above = y - plot.bbox.top > 20 * devicePixelRatio;
  pen.textBaseline = above ? 'bottom' : 'top';
  pen.fillText(limit.label, plot.bbox.left + 8 * devicePixelRatio, y + (above ? -3 : 3) * devicePixelRatio);
}

function momentLine(plot: uPlot, moment_s: number): void {
  const pen = plot.ctx;
  const x = plot.valToPos(moment_s, 'x', true);
  pen.strokeStyle = color('--text-2');
  pen.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  stroke(pen, [x, plot.bbox.top], [x, plot.bbox.top + plot.bbox.height]);
}

function stroke(pen: CanvasRenderingContext2D, from: [number, number], to: [number, number]): void {
  pen.beginPath();
  pen.moveTo(...from);
  pen.lineTo(...to);
  pen.stroke();
}
