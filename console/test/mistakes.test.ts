import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { tongue } from '../src/i18n/index.svelte';
import { spokenMistake } from '../src/registry/mistakes';

const REGISTRY = join(import.meta.dirname, '../../registry');
/** Names of formats, which every language writes so. */
const NAMES = ['CSV', 'JSON', 'UTF-8', 'FeatureCollection', 'null'];

/** What the registry's sources say they expected, with `x` for what stands in braces. */
function phrases(): string[] {
  const sources = readdirSync(REGISTRY).filter((name) => name.endsWith('.py'));
  return sources.flatMap((name) => {
    const text = readFileSync(join(REGISTRY, name), 'utf8');
    const found = [...text.matchAll(/(?:expected=|Misfit\(|_wrong\(|_number\(text, )f?"([^" ][^"]*)"/g)];
    return found.map((one) => (one[1] ?? '').replaceAll(/\{[^{}]+\}/g, '7'));
  });
}

/** The English words of a phrase, but for names in backquotes and of formats. */
function english(text: string): string[] {
  const words = text.replaceAll(/`[^`]*`/g, '').match(/[A-Za-z][\w-]+/g) ?? [];
  return words.filter((word) => !NAMES.includes(word));
}

describe('what is wrong with a file', () => {
  afterAll(() => {
    tongue.speak('zh');
  });

  it('has no English words on a Chinese screen, whatever the registry says', () => {
    tongue.speak('zh');
    const said = phrases();

    expect(said.length).toBeGreaterThan(25);
    expect(said.filter((one) => english(spokenMistake(one)).length > 0)).toEqual([]);
  });

  it.each([
    ['coordinates in `WGS-84` or `GCJ-02`', '坐标系：`WGS-84` 或 `GCJ-02`'],
    ['a value as `name`', '不得为空（`name` 列）'],
    ['`traffic` or `environment` or `video` as `domain`', '`traffic` 或 `environment` 或 `video`（`domain` 列）'],
    ['`true`, `false` or nothing as `recorded`', '`true`, `false` 或不填（`recorded` 列）'],
    ['each id once (it stands at `a.csv:2`)', '编号不得重复（已见于 `a.csv:2`）'],
    ['122.88, nothing', '122.88, 空'],
    ['', '空'],
  ])('is Chinese on a Chinese screen and stays on an English one: %s', (english, chinese) => {
    tongue.speak('zh');
    expect(spokenMistake(english)).toBe(chinese);

    tongue.speak('en');
    expect(spokenMistake(english)).toBe(english === '' ? 'nothing' : english);
  });
});
