/** The board's figures, what a response begins with, and the city's wall clock in date fields. */

import { describe, expect, it } from 'vitest';
import { tally, type BoardLine, type Plan, type Proposal } from '../src/model/plans';
import { atOf, localOf } from '../src/response/moments';
import { startOf } from '../src/response/stating';

function line(over: Partial<BoardLine>): BoardLine {
  return {
    department: 'water',
    called_at: '2026-11-20T08:00:00.000Z',
    told: 'sent',
    acknowledge: true,
    acknowledged_at: null,
    acknowledged_by: '',
    tasks: [],
    every_min: 0,
    report: null,
    reported_at: null,
    reports: 0,
    missed: 0,
    late: false,
    ...over,
  };
}

const NAMES = { zh: '名', en: 'name' };

const PLAN: Plan = {
  id: 'flood',
  name: NAMES,
  event_class: 'accident',
  area: 'city',
  version: '1',
  approved_by: '',
  valid_from: '2026-01-01',
  next_review: '2029-01-01',
  source: '',
  in_force: true,
  review_due: false,
  rules: {},
  resources: [],
  comms: {},
  levels: [
    { level: 'IV', expected_h: 6, commander: NAMES, measures: NAMES, need: 0, triggers: [], tasks: [], public: null },
    { level: 'III', expected_h: 12, commander: NAMES, measures: NAMES, need: 0, triggers: [], tasks: [], public: null },
  ],
  drills: [],
};

const PROPOSAL: Proposal = {
  id: '7',
  kind: 'start',
  plan: 'flood',
  plan_name: NAMES,
  version: '1',
  area: '',
  drill: false,
  level: 'III',
  from_level: '',
  need: 1,
  reasons: [
    { trigger: 'a', name: { zh: '积水', en: 'water' }, holds: true, found: 1, wanted: 1 },
    { trigger: 'b', name: { zh: '预警', en: 'warning' }, holds: false, found: 0, wanted: 1 },
  ],
  incidents: ['12', '13'],
  activation: null,
  made_at: '2026-11-20T08:00:00.000Z',
};

describe('the board', () => {
  it('counts a department that need not acknowledge as one that has', () => {
    const counts = tally([
      line({}),
      line({ acknowledge: false }),
      line({ acknowledged_at: '2026-11-20T08:01:00.000Z' }),
    ]);

    expect(counts).toEqual({ all: 3, told: 3, seen: 2, accepted: 0, arrived: 0, late: 0 });
  });
});

describe('starting a response', () => {
  it('takes level, incident and held triggers from the proposal', () => {
    const what = startOf(PLAN, PROPOSAL);

    expect(what.level).toBe('III');
    expect(what.incident).toBe('12');
    expect(what.matter).toContain('积水');
    expect(what.matter).not.toContain('预警');
  });

  it('begins at the mildest level and says nothing for the person when nothing is proposed', () => {
    const what = startOf(PLAN, null);

    expect([what.level, what.matter, what.incident]).toEqual(['IV', '', '']);
  });
});

describe('date fields', () => {
  it('show and read the wall clock of the city, whatever the screen has', () => {
    expect(localOf('2026-11-20T08:00:00Z', 'Asia/Shanghai')).toBe('2026-11-20T16:00');
    expect(atOf('2026-11-20T16:00', 'Asia/Shanghai')).toBe('2026-11-20T08:00:00.000Z');
  });

  it('hold on the day on which clocks change', () => {
    expect(atOf('2026-03-29T12:00', 'Europe/Paris')).toBe('2026-03-29T10:00:00.000Z');
    expect(atOf('2026-03-28T12:00', 'Europe/Paris')).toBe('2026-03-28T11:00:00.000Z');
  });
});
