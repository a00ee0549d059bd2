/** The states of an incident and of a task, in the order of their lives. */

export const INCIDENT_STATES = [
  'reported',
  'filed',
  'dispatched',
  'handling',
  'fed_back',
  'checking',
  'closed',
  'not_filed',
  'cancelled',
] as const;

export const TASK_STATES = [
  'dispatched',
  'accepted',
  'arrived',
  'handling',
  'fed_back',
  'checked',
  'returned',
  'cancelled',
] as const;
