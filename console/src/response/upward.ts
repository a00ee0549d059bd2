/** The clock of a report upward, as every clock of the console is drawn. */

import type { Deadline } from '../model/incident';
import type { UpwardReport } from '../model/warnings';

export function clockOf(report: UpwardReport): Deadline {
  const [from_ms, due_ms] = [Date.parse(report.from_at), Date.parse(report.due_at)];
  // Its clocks run on at night: four fifths of the time are four fifths of its working time.
  const yellow_at = new Date(from_ms + (due_ms - from_ms) * 0.8).toISOString();
  return { stage: 'report', at: report.due_at, started_at: report.from_at, yellow_at };
}
