import { afterAll, describe, expect, it } from 'vitest';
import { tongue } from '../src/i18n/index.svelte';
import { evidenceLines, spoken, spokenHours } from '../src/why/said';

/** Sentences of every kind of rule as the server says them, and what a Chinese screen says. */
const SENTENCES: readonly [string, string][] = [
  ['above 15 cm for 1m, until not above 12 cm', '高于 15 cm，持续 1 分钟；解除：不再高于 12 cm'],
  ['below 15 km/h, until not below 25 km/h', '低于 15 km/h；解除：不再低于 25 km/h'],
  ['outside -9 to 17 °C for 10m', '超出 -9 至 17 °C，持续 10 分钟'],
  ['rises within 10m above 5 cm', '10 分钟内上升 高于 5 cm'],
  [
    'sensors of one district, each above 150 cm within 10m: at least 5 for 2m',
    '同一区的传感器中，10 分钟内各自高于 150 cm的数量： 至少 5，持续 2 分钟',
  ],
  ['intrusion of one sensor within 10m: at least 3', 'intrusion（同一传感器，10 分钟内）： 至少 3'],
  [
    'above 32 °C then above 0.5 of one site within 10m: at least 1',
    '高于 32 °C，随后高于 0.5（同一场所，10 分钟内）： 至少 1',
  ],
  [
    'opened without badge within 500 m within 2m: at least 1',
    'opened，此后没有badge（500 m 范围内，2 分钟内）： 至少 1',
  ],
  [
    'difference to the others of one sensor within 2m below 6 °C for 2m',
    '与同一传感器其他传感器之差（2 分钟内的值） 低于 6 °C，持续 2 分钟',
  ],
  ['not heard for 10 intervals and 5m, and 10m more', '未收到数据已达 10 个上报间隔且 5 分钟，再持续 10 分钟'],
  ['value unchanged for 12h while readings keep coming', '有读数而数值不变达 12 小时'],
  ['a step of more than 10 °C in 1m, until 1h after', '1 分钟内跳变超过 10 °C，之后保留 1 小时'],
  [
    'departure (0 to 5) from its own habit and its neighbours of one site, learned for 1d and 50 readings: above 3',
    '偏离自身习惯和邻近传感器的程度（0–5） 同一场所，已学习 1 天、50 条读数： 高于 3',
  ],
  [
    'mean difference of 2h to the neighbours of one site moved from what it was, learned for 12h: above 10 %',
    '与邻近传感器（同一场所）的平均差（2 小时），相对 12 小时内学得常值的偏移： 高于 10 %',
  ],
  ['is now about `gw-1`, on which this sensor depends', '已归入此传感器所依赖的 gw-1 的报警'],
];

describe('what rules say', () => {
  afterAll(() => {
    tongue.speak('zh');
  });

  it.each(SENTENCES)('is Chinese on a Chinese screen: %s', (english, chinese) => {
    tongue.speak('zh');
    expect(spoken(english)).toBe(chinese);
  });

  it.each(SENTENCES)('stays as it is on an English one: %s', (english) => {
    tongue.speak('en');
    expect(spoken(english)).toBe(english);
  });

  it('names hours', () => {
    tongue.speak('zh');
    expect(spokenHours('working; 07:00-09:00; 06-01 to 09-30')).toBe('工作日; 07:00-09:00; 06-01 至 09-30');
    expect(spokenHours('not working_time')).toBe('除外： 工作时间');
  });

  it("tells evidence by name, times by the city's clock, and what is not known as it came", () => {
    tongue.speak('zh');
    const now = Date.parse('2026-11-20T09:00:00Z');
    const evidence = {
      votes: 2,
      voters: [{ sensor: 'd-1', value: 1.5, time: '2026-11-20T08:00:00.000Z' }],
      unconfirmed: { why: 'no good reading since', dead_after_s: 15 },
      reading: { time: '2026-11-20T08:00:00.000Z', arrival: '2026-11-20T08:00:00.000Z', quality: ['out_of_range'] },
      last_heard: null,
      unheard_of: 'x',
    };
    expect(evidenceLines(evidence, 'Asia/Shanghai', now)).toEqual([
      ['表决数', '2'],
      ['已表决的传感器', 'd-1 1.5 16:00:00'],
      ['险情待证实', '此后没有有效读数 15'],
      ['读数', '16:00:00 超出量程'],
      ['unheard of', 'x'],
    ]);
  });
});
