/** The signs of teams, pumps, materials and components, in a box of 16 by 16: an outline and what stands in it. */

import type { PartGroup } from '../model/parts';

export const PART_PATHS: Record<PartGroup, { shape: string; sign: string }> = {
  team: {
    shape: 'M4.7 2.2h6.6L14.6 8l-3.3 5.8H4.7L1.4 8z',
    sign: 'M8 4.6a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2zM5.2 11.6c.3-1.8 1.4-2.6 2.8-2.6s2.5.8 2.8 2.6',
  },
  pump: { shape: 'M8 1.6a6.4 6.4 0 1 1 0 12.8A6.4 6.4 0 0 1 8 1.6z', sign: 'M8 11.4V5M5.4 7.4 8 4.8l2.6 2.6' },
  material: { shape: 'M2 4.4 8 1.6l6 2.8v7.2l-6 2.8-6-2.8z', sign: 'M2 4.4 8 7.2l6-2.8M8 7.2v7.2' },
  component: { shape: 'M8 4l4 4-4 4-4-4z', sign: 'M8 8v.1' },
};

/** None of the colours by which severity is told. */
export const PART_INK: Record<PartGroup, string> = {
  team: '--accent',
  pump: '--accent',
  material: '--accent',
  component: '--text-2',
};
