import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { tongue } from '../src/i18n/index.svelte';
import { spokenFault } from '../src/why/faults';
import { refusedOf, spokenRefusal } from '../src/why/refusals';

const ROOT = join(import.meta.dirname, '../..');
const SOURCES = ['rules', 'rules/kinds', 'liandong/backtest'];
/** What is read elsewhere too, and what no reader of rules says. */
const ALSO = ['city/yaml_lines.py'];
/** Formats, which every language writes so, and files that a city has. */
const NAMES = ['YAML', 'case-standards', 'yaml', 'departments', 'true', 'false', 'km'];

/** What the readers of rules say they expected and got, with 7 for what stands in braces. */
function phrases(): string[] {
  const files = SOURCES.flatMap((room) => readdirSync(join(ROOT, room)).map((name) => join(room, name)));
  return [...files.filter((name) => name.endsWith('.py')), ...ALSO].flatMap((name) => {
    const text = readFileSync(join(ROOT, name), 'utf8');
    const wrong = [...text.matchAll(/(?:wrong|BadCityFile|BadFormula)\(\s*(?:[^()]|\([^()]*\))*\)/g)].map(
      ([call]) => call,
    );
    const found = [
      ...wrong.join('\n').matchAll(/(?:expected|got)=f?"([^"\n]*)"/g),
      ...text.matchAll(/ expected = f?"([^"\n]*)"/g),
    ];
    const texts = found.map((one) => one[1] ?? '').filter((one) => !one.startsWith(' '));
    return texts.map((one) => one.replaceAll(/\{(?:[^{}]|\{[^{}]*\})+\}/g, '7'));
  });
}

/** The English words of a phrase, but for names in backquotes and of formats. */
function english(text: string): string[] {
  const words = text.replaceAll(/`[^`]*`/g, '').match(/[A-Za-z][\w-]+/g) ?? [];
  return words.filter((word) => !NAMES.includes(word));
}

describe('what is wrong with a rule file', () => {
  afterAll(() => {
    tongue.speak('zh');
  });

  it('has no English words on a Chinese screen, whatever the readers of rules say', () => {
    tongue.speak('zh');
    const said = phrases();

    expect(said.length).toBeGreaterThan(100);
    expect(said.filter((one) => english(spokenFault(one)).length > 0)).toEqual([]);
  });

  it.each([
    ['one of `above`, `below`, `outside`', '下列之一：`above`, `below`, `outside`'],
    ['a limit beyond that of `notice`, above 15 cm', '比 `notice`（高于 15 cm）更严的限值'],
    ['a duration such as `90s`, `5m` or `1h`', '时长，例如 `90s`、`5m` 或 `1h`'],
    ['a mapping of `above`, `hold`', '一组“键: 值”：`above`, `hold`'],
    ['one of `)`, a number, the end', '下列之一：`)`, 数, 末尾'],
    ['`x` in line 2, column 5 of the expression', '`x`，在表达式第 2 行第 5 列'],
    ['mapping values are not allowed here', '此处不应有“键: 值”（多为缩进或冒号有误）'],
    ['a `clear` that is below the limit', '低于限值的 `clear`'],
    ['5m', '5m'],
  ])('is Chinese on a Chinese screen and stays on an English one: %s', (said, chinese) => {
    tongue.speak('zh');
    expect(spokenFault(said)).toBe(chinese);

    tongue.speak('en');
    expect(spokenFault(said)).toBe(said);
  });

  it('is taken out of the one sentence of a refusal, with how many more there are', () => {
    const sentence =
      'Expected a number, got `wet` - at `rules/water.yaml:7` (and 2 more, which `liandong check` names)';

    expect(refusedOf(sentence)).toEqual({ at: 'rules/water.yaml:7', expected: 'a number', got: 'wet', more: 2 });
    tongue.speak('zh');
    expect(spokenRefusal(sentence)).toBe('rules/water.yaml:7 应为数，实为 wet；另有 2 处，用 liandong check 查看');
    expect(spokenRefusal('Expected what this family sends - at `$[0]`')).toBe('$[0] 应为这类设备应有的内容');
    expect(spokenRefusal('the file is gone')).toBe('the file is gone');
  });
});
