/** English words of the map. */

import type { map as chinese } from '../zh/map';

export const map: Record<keyof typeof chinese, string> = {
  'map.label': 'Map of the city; the lists beside it say the same in words',
  'map.legend': 'Legend',
  'map.zoomIn': 'Nearer',
  'map.zoomOut': 'Farther',
  'map.home': 'Whole city',
  'map.filter': 'Filter sensors',
  'map.search': 'Name or id',
  'map.notNormal': 'Not normal',
  'map.count': '{shown} of {all} sensors',
  'map.layers': 'Also on the map',
  'map.nearer': 'Components show from nearer',
  'map.cut': 'Too many here: go nearer to see all',
  'map.listed': 'Teams, pumps, materials, components here: {count}',
};
