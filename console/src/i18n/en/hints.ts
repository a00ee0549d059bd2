/** English words of the equipment lane. */

import type { hints as chinese } from '../zh/hints';

export const hints: Record<keyof typeof chinese, string> = {
  'nav.equipment': 'Equipment',
  'equipment.title': 'Equipment',
  'equipment.empty': 'No sensor is in doubt',
  'equipment.about':
    'These sensors may be wrong: they stand still, jump, or move away from their neighbours. They are no incidents, no clock runs, and they end by themselves when the sensor is right again.',
  'equipment.past': 'Show ended',
  'equipment.current': 'Show current',
  'equipment.sensor': 'Sensor',
  'equipment.what': 'Because of',
  'equipment.since': 'Since',
  'equipment.keeper': 'Looked after by',
  'equipment.nobody': 'nobody registered',
  'equipment.answers': 'What is done',
  'equipment.measured': '{value}, limit {limit}',
  'equipment.times': 'time {count}',
  'equipment.recorded': 'recording',
  'equipment.incident': 'To the incident',
  'hintState.open': 'open',
  'hintState.ordered': 'Maintenance ordered',
  'hintState.ended': 'ended',
  'hintEnd.recovered': 'right again',
  'hintEnd.dismissed': 'Sensor is right',
  'hintEnd.incident': 'Became an incident',
  'hintStep.order': 'Order maintenance',
  'hintStep.dismiss': 'Sensor is right',
  'hintStep.open_incident': 'Make an incident',
  'ruleKind.stuck': 'Stuck or jumping',
  'ruleKind.drift': 'Drift',
  'ruleKind.expression': 'Formula',
};
