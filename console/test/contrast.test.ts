import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const TOKENS = readFileSync(join(import.meta.dirname, '../src/styles/tokens.css'), 'utf8');
/** WCAG 2.2 §1.4.3, text of normal size. */
const AA = 4.5;

const GROUNDS = ['ground', 'panel', 'raised', 'sunken'];
const INKS = ['text', 'text-2', 'text-3', 'accent', 'green', 'yellow', 'red'];
const SEVERITIES = ['critical', 'major', 'notice', 'low', 'lowest', 'normal', 'silent', 'offline', 'unknown'];
const GRADES = ['grade-green', 'grade-blue', 'grade-yellow', 'grade-red', 'grade-black'];

function luminance(token: string): number {
  const hex = new RegExp(`--${token}: #([0-9a-f]{6})`).exec(TOKENS)?.[1];
  if (hex === undefined) throw new Error(`Expected a colour --${token} - at tokens.css`);
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

describe('text on its ground', () => {
  const pairs = GROUNDS.flatMap((ground) => [...INKS, ...SEVERITIES, ...GRADES].map((ink) => ({ ink, ground })));

  it.each(pairs)('$ink on $ground', ({ ink, ground }) => {
    expect(contrast(ink, ground)).toBeGreaterThanOrEqual(AA);
  });

  it.each(['map-land', 'map-sea', 'map-park', 'map-water'])('names on %s', (ground) => {
    expect(contrast('map-label', ground)).toBeGreaterThanOrEqual(AA);
  });

  it('names of waters', () => {
    expect(contrast('map-label-water', 'map-water')).toBeGreaterThanOrEqual(AA);
  });
});
