import { describe, expect, it } from 'vitest';
import type { IncidentAlarm } from '../src/model/incident';
import { targetOf } from '../src/model/why';

const ALARM: IncidentAlarm = {
  id: '1',
  alarm: 'a',
  rule: 'road-water',
  rule_name: { zh: '道路积水', en: 'Road flooding' },
  target: 'road-001',
  level: 'notice',
  change: 'fallen',
  time: '2026-11-22T06:26:16.000Z',
  value: 7,
  limit: 12,
  unit: 'cm',
  quantity: 'water_level',
  late: false,
  unconfirmed: false,
  evidence: { conditions: [], reading: { value: 7 } },
};

describe('what an alarm was decided by', () => {
  it('says which level is kept', () => {
    expect(targetOf(ALARM).level).toBe('notice');
  });

  it('says that none is, where it has cleared', () => {
    expect(targetOf({ ...ALARM, change: 'cleared' }).level).toBeNull();
  });
});
