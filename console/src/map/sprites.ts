/** Pictures of the sensors, drawn on a canvas: the outline tells the domain, filling, size and sign tell the state. */

import type { Map as MapLibre } from 'maplibre-gl';
import { stateMark, STATES } from '../model/severity';
import { DOMAINS, type Domain, type SensorState } from '../model/wire';
import { color } from './palette';

/** Pictures are drawn at twice their size so that they stay sharp. */
const RATIO = 2;
const BOX = 26;

/** Half the width of the outline by state, in pixels at ratio 1: what needs somebody is larger. */
const RADII: Record<SensorState, number> = {
  normal: 3.4,
  unknown: 4,
  offline: 5.2,
  silent: 5.2,
  notice: 6.5,
  major: 7.6,
  critical: 8.8,
};

const HOLLOW: ReadonlySet<SensorState> = new Set<SensorState>(['silent', 'offline', 'unknown']);

export function spriteOf(domain: Domain, state: SensorState): string {
  return `${domain}-${state}`;
}

/** Give the map a picture for each domain and state. */
export function addSprites(map: MapLibre): void {
  for (const domain of DOMAINS) {
    for (const state of STATES) {
      const picture = draw(domain, state);
      if (picture !== null) map.addImage(spriteOf(domain, state), picture, { pixelRatio: RATIO });
    }
  }
}

function draw(domain: Domain, state: SensorState): ImageData | null {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = BOX * RATIO;
  const pen = canvas.getContext('2d');
  if (pen === null) return null;
  pen.scale(RATIO, RATIO);
  pen.translate(BOX / 2, BOX / 2);
  paint(pen, outline(domain, RADII[state]), state);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

function paint(pen: CanvasRenderingContext2D, shape: Path2D, state: SensorState): void {
  // Normal ones are many: they stay behind what needs somebody.
  const ink = color(state === 'normal' ? '--map-normal' : stateMark(state).color);
  pen.lineJoin = 'round';
  pen.strokeStyle = color('--map-halo');
  pen.lineWidth = 3.5;
  pen.stroke(shape);
  if (HOLLOW.has(state)) {
    pen.fillStyle = color('--map-land');
    pen.fill(shape);
    pen.strokeStyle = ink;
    pen.lineWidth = 1.7;
    if (state === 'unknown') pen.setLineDash([2, 1.6]);
    pen.stroke(shape);
    pen.setLineDash([]);
  } else {
    pen.fillStyle = ink;
    pen.fill(shape);
  }
  sign(pen, state, ink);
}

/** The sign inside: `!` for critical, a dot for major, a dash for silent, a cross for offline. */
function sign(pen: CanvasRenderingContext2D, state: SensorState, ink: string): void {
  const path = SIGNS[state];
  if (path === undefined) return;
  pen.strokeStyle = HOLLOW.has(state) ? ink : color('--map-halo');
  pen.lineCap = 'round';
  pen.lineWidth = state === 'critical' ? 2.2 : 1.7;
  pen.stroke(new Path2D(path));
}

const SIGNS: Partial<Record<SensorState, string>> = {
  critical: 'M0-4.2V.6M0 3.6v.1',
  major: 'M0-2.6V.4M0 2.9v.1',
  silent: 'M-1.8 0H1.8',
  offline: 'M-1.7-1.7 1.7 1.7M-1.7 1.7 1.7-1.7',
};

/** The outline of a domain: traffic a circle, environment a drop, video a wedge, machine rooms a square. */
function outline(domain: Domain, r: number): Path2D {
  const path = new Path2D();
  if (domain === 'traffic') path.arc(0, 0, r, 0, 2 * Math.PI);
  else if (domain === 'machine_room') path.rect(-r * 0.92, -r * 0.92, r * 1.84, r * 1.84);
  else if (domain === 'video') path.addPath(new Path2D(`M0 ${r * 0.95}L${-r * 1.15} ${-r * 0.95}H${r * 1.15}z`));
  else path.addPath(drop(r));
  return path;
}

function drop(r: number): Path2D {
  const low = r * 0.22;
  return new Path2D(
    `M0 ${-r * 1.35}C${r * 0.45} ${-r * 0.6} ${r} ${-r * 0.35} ${r} ${low}` +
      `A${r} ${r} 0 0 1 ${-r} ${low}C${-r} ${-r * 0.35} ${-r * 0.45} ${-r * 0.6} 0 ${-r * 1.35}z`,
  );
}
