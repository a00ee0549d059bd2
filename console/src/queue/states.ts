/** The states of an incident and of a task, in the order of their lives. */

export const INCIDENT_STATES = [
  'reported',
  'filed',
  'dispatched',
  'handling',
  'suspended',
  'fed_back',
  'checking',
  'closed',
  'forced',
  'not_filed',
  'cancelled',
  'merged',
] as const;

export const TASK_STATES = [
  'dispatched',
  'accepted',
  'arrived',
  'handling',
  'suspended',
  'fed_back',
  'checked',
  'returned',
  'transferred',
  'cancelled',
] as const;
