import { describe, expect, it } from 'vitest';
import { aroundOf, isClosing, rolesFor } from '../src/incident/steps';
import { details, levelOf } from '../src/incident/told';
import type { Incident, IncidentEvent } from '../src/model/incident';
import { incident, news } from './summaries';

function event(step: string, data: Record<string, unknown>, named = ''): IncidentEvent {
  return { ...news(step).event, data, named };
}

function whole(parts: Partial<Incident>): Incident {
  return { ...incident(), proposed: [], tasks: [], events: [], ...parts } as unknown as Incident;
}

function leg(department: string, ended_at: string | null): Incident['tasks'][number] {
  return { department, ended_at } as Incident['tasks'][number];
}

describe('what an event says beside its step', () => {
  it.each([
    ['assign', {}, 'Crew', ['指派给Crew']],
    ['transfer', { tasks: [{ department: 'police' }, { department: 'police' }] }, '', ['→ police']],
    ['verify', { priority: { from: 3, to: 1 } }, '', ['优先级 P3 → P1']],
    ['pass_down', { jurisdiction: { from: '', to: 'harbour' } }, '', ['市级 → harbour（区县级）']],
    ['close', { disposition: 'resolved', override: 'dry' }, '', ['结论：已处置', '越过传感器：dry']],
    ['accept', { due_ns: 1 }, '', []],
  ])('%s', (step, data, named, said) => {
    expect(details(event(step, data, named))).toEqual(said);
  });

  it('a granted delay tells the new limit', () => {
    const due_ns = Date.parse('2026-11-20T09:30:00Z') * 1e6;
    expect(details(event('grant', { due_ns }))).toEqual(['新时限 17:30']);
  });
});

describe('what stands around a step', () => {
  it('a leg that ended leaves room for its department', () => {
    const tasks = [leg('water', '2026-11-20T09:00:00.000Z'), leg('police', null)];
    expect(aroundOf(whole({ tasks })).taken).toEqual(['police']);
  });

  it.each([
    ['checking', 'up-01', true],
    ['handling', 'up-01', false],
    ['checking', null, false],
  ])('sensors matter to closing: %s with %s', (state, sensor, matters) => {
    expect(isClosing(whole({ state, sensor }))).toBe(matters);
  });

  it('handlers are chosen from a department, checkers from those who check', () => {
    expect(rolesFor('assign')).toContain('officer');
    expect(rolesFor('assign_checker')).toContain('acceptor');
  });

  it('an incident is the city’s unless a district has it', () => {
    expect(levelOf('')).toBe('市级');
  });
});
