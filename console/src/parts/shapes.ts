/** Each severity shape as SVG path data in a box of 16 by 16, so that screen and map draw the same. */

import type { Shape } from '../model/severity';

export const PATHS: Record<Shape, string> = {
  octagon: 'M5 1h6l4 4v6l-4 4H5l-4-4V5z',
  triangle: 'M8 1.2 15.4 14.4H.6z',
  diamond: 'M8 .8 15.2 8 8 15.2.8 8z',
  circle: 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11z',
  ring: 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11z',
  dash: 'M2.5 2.5h11v11h-11zM5.5 8h5',
  cross: 'M3 3 13 13M13 3 3 13',
  dots: 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11z',
};

/** What stands inside a filled shape. */
export const GLYPHS: Partial<Record<Shape, string>> = {
  octagon: 'M8 4v5M8 11.2v1',
  triangle: 'M8 6v4M8 11.6v1',
};

export const FILLED: ReadonlySet<Shape> = new Set<Shape>(['octagon', 'triangle', 'diamond', 'circle']);
