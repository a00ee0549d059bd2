/** The clock of a report upward, as every clock of the console is drawn. */

import type { Deadline } from '../model/incident';
import type { UpwardReport } from '../model/warnings';

export function clockOf(report: UpwardReport): Deadline {
  return { stage: 'report', at: report.due_at, started_at: report.from_at };
}
