import { describe, expect, it } from 'vitest';
import { recent } from '../src/model/recent';
import { news } from './summaries';

describe('what happened lately', () => {
  it('says once what both the stream and the queue know', () => {
    const acknowledged = news('acknowledge', { acknowledged_at: '2026-11-20T08:05:00.000Z' });

    expect(recent([acknowledged], [acknowledged], 10).map((one) => one.step)).toEqual(['acknowledge', 'open']);
  });

  it('says an opening once although its alarm came a moment before', () => {
    const opened = news('open', { opened_at: '2026-11-20T07:59:59.000Z' });

    expect(recent([opened], [opened], 10).map((one) => one.step)).toEqual(['open']);
  });
});
