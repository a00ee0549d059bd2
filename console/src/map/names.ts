/** The names beside what stands on the map as points. */

import type { LayerSpecification } from 'maplibre-gl';
import type { Language } from '../i18n/index.svelte';
import { FONT, nameIn } from './basemap';
import { color } from './palette';

interface Naming {
  id: string;
  source: string;
  fromZoom: number;
  /** design token of the letters' colour */
  ink: string;
  language: Language;
}

/** Returns the layer that writes each point's name below its sign, what is worst first where there is no room. */
export function names(of: Naming): LayerSpecification {
  return {
    id: of.id,
    type: 'symbol',
    source: of.source,
    minzoom: of.fromZoom,
    layout: {
      'text-field': nameIn(of.language),
      'text-font': FONT,
      'text-size': 11,
      'text-anchor': 'top',
      'text-offset': [0, 1],
      'text-optional': true,
      'symbol-sort-key': ['-', 0, ['get', 'order']],
    },
    paint: { 'text-color': color(of.ink), 'text-halo-color': color('--map-halo'), 'text-halo-width': 1.2 },
  };
}
