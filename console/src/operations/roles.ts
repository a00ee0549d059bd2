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
