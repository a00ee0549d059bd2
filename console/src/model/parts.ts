/** Components of the city, and which of them can help. */

import type { Component } from './reports';

export type { Component };
export type PartGroup = 'team' | 'pump' | 'material' | 'component';

/** What can be sent or used first. */
export const PART_GROUPS: readonly PartGroup[] = ['team', 'pump', 'material', 'component'];

export function groupOf(part: Component): PartGroup {
  return part.help ?? 'component';
}
