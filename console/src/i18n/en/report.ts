/** English words of the report form. */

import type { report as chinese } from '../zh/report';

export const report: Record<keyof typeof chinese, string> = {
  'report.title': 'What happened',
  'report.choose': 'Choose',
  'report.place': 'Place in words',
  'report.unknown': 'Unknown',
  'report.tap': 'Tap the place on the map, or move it with arrow keys and press Enter for its centre (optional)',
  'report.here': 'Where I am',
  'report.do': 'Report',
};
