import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from '../src/i18n/en';
import { namesOf, say, t, tongue, word } from '../src/i18n/index.svelte';
import { zh } from '../src/i18n/zh';
import { SOURCES } from '../src/model/incident';
import { SIGNS } from '../src/model/vitals';
import { LEG_STATES } from '../src/model/load';
import { STATES } from '../src/model/severity';
import { DOMAINS } from '../src/model/wire';
import { ROLES } from '../src/model/roles';
import { INCIDENT_STATES, TASK_STATES } from '../src/queue/states';

const SOURCE = join(import.meta.dirname, '../src');
/** Families that are chosen between, so that no source names them where it asks. */
const OF_SEVERAL = ['quality', 'evidenceValue', 'messageKind'];
const words: Record<string, string> = zh;

function sources(): string[] {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => /\.(ts|svelte)$/.test(file) && !file.startsWith('i18n'));
}

describe('the dictionaries', () => {
  it('have a word for every kind of rule', () => {
    const kinds = readdirSync(join(SOURCE, '../../rules/kinds')).filter((name) => /^[a-z]+\.py$/.test(name));
    const said = kinds.map((name) => words[`ruleKind.${name.slice(0, -3)}`]);

    expect(said.length).toBeGreaterThan(9);
    expect(said).not.toContain(undefined);
  });

  it('know the same words', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
  });

  it('say something for each, with the same holes to fill', () => {
    const english: Record<string, string> = en;
    const faulty = Object.entries(words).filter(([key, chinese]) => {
      const other = english[key] ?? '';
      return chinese.trim() === '' || other.trim() === '' || holes(other).join() !== holes(chinese).join();
    });

    expect(faulty).toEqual([]);
  });

  it('have every word that the console asks for by name', () => {
    const asked = sources().flatMap((file) => {
      const text = readFileSync(join(SOURCE, file), 'utf8');
      return [...text.matchAll(/\bt\(\s*'([^']+)'/g)].map((found) => found[1] ?? '');
    });

    expect(asked.length).toBeGreaterThan(100);
    expect(asked.filter((key) => !(key in zh))).toEqual([]);
  });

  it('have no word that nothing asks for', () => {
    const text = sources().map((file) => readFileSync(join(SOURCE, file), 'utf8'));
    const named = new Set(text.flatMap((one) => [...one.matchAll(/['"`]([\w.]+)/g)].map((found) => found[1] ?? '')));
    const families = Object.keys(words).map((key) => key.slice(0, key.lastIndexOf('.')));
    const asked = new Set(families.filter((family) => text.some((one) => serves(one, family))));
    const unused = Object.keys(words).filter(
      (key) => !named.has(key) && !asked.has(key.slice(0, key.lastIndexOf('.'))),
    );

    expect(unused).toEqual([]);
  });

  it.each([
    ['state', STATES],
    ['domain', DOMAINS],
    ['nav', DOMAINS],
    ['incident', INCIDENT_STATES],
    ['task', TASK_STATES],
    ['leg', LEG_STATES],
    ['source', SOURCES],
    ['role', ROLES],
    ['vital', SIGNS.map((sign) => sign.name)],
    ['priority', ['1', '2', '3', '4', '5']],
  ])('name every %s', (family, keys) => {
    expect(keys.filter((key) => !(`${family}.${key}` in zh))).toEqual([]);
  });
});

describe('the screen', () => {
  it('speaks the language that was chosen', () => {
    tongue.speak('en');
    expect([t('clock.left', { time: '04:09' }), word('state', 'major')]).toEqual(['04:09 left', 'Major']);

    tongue.speak('zh');
    expect([t('clock.left', { time: '04:09' }), word('state', 'major')]).toEqual(['剩 04:09', '重要']);
  });

  it('keeps what somebody chose on it over the profile', () => {
    tongue.speak('zh');
    tongue.suggest('en');

    expect(tongue.language).toBe('zh');
  });

  it("shows the server's own word where the dictionary lacks it", () => {
    expect(word('kind', 'tide_gauge')).toBe('tide_gauge');
  });

  it('names people in its own way', () => {
    const people = [
      { name: '安', name_en: 'Ann' },
      { name: '鲍勃', name_en: '' },
    ];

    tongue.speak('en');
    expect(namesOf(people)).toBe('Ann, 鲍勃');
    tongue.speak('zh');
    expect(namesOf(people)).toBe('安、鲍勃');
  });

  it('falls back to the other language of a name', () => {
    expect(say({ zh: '', en: 'Harbour' })).toBe('Harbour');
  });
});

/** Whether a source asks for a word of this family by a name of the server's, in whatever way. */
function serves(text: string, family: string): boolean {
  return text.includes(`word('${family}'`) || text.includes('`' + family + '.${') || OF_SEVERAL.includes(family);
}

function holes(text: string): string[] {
  return (text.match(/\{\w+\}/g) ?? []).sort();
}
