/** The roles of those who sign in. */

/** Every role, supervision first. */
export const ROLES = [
  'monitor',
  'collector',
  'acceptor',
  'foreman',
  'dispatcher',
  'officer',
  'handler',
  'leader',
  'evaluator',
  'operator',
  'steward',
] as const;

/** Those who see the city's work: all but who only keeps sensors and messages in order. */
export const SEES_WORK = ROLES.filter((role) => role !== 'steward');
