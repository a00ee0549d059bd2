/** The city's own GeoJSON as a quiet base map; no tile, glyph or sprite comes from anywhere else. */

import type { ExpressionSpecification, FilterSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { FeatureCollection } from 'geojson';
import type { Language } from '../i18n/index.svelte';
import { color } from './palette';

const SOURCE = 'city';
/** Without a `glyphs` address MapLibre draws text with the machine's own fonts, Chinese included. */
export const FONT = ['Noto Sans SC', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', 'sans-serif'];

export function cityStyle(basemap: FeatureCollection, language: Language): StyleSpecification {
  return {
    version: 8,
    sources: { [SOURCE]: { type: 'geojson', data: basemap, tolerance: 0.2 } },
    layers: [
      { id: 'sea', type: 'background', paint: { 'background-color': color('--map-sea') } },
      ...ground(),
      ...ways(),
      ...names(language),
    ],
  };
}

function is(kind: string, ...classes: string[]): FilterSpecification {
  const ofKind: ExpressionSpecification = ['==', ['get', 'kind'], kind];
  return classes.length === 0 ? ofKind : ['all', ofKind, ['in', ['get', 'class'], ['literal', classes]]];
}

function fill(id: string, filter: FilterSpecification, property: string, minzoom = 0): LayerSpecification {
  return {
    id,
    type: 'fill',
    source: SOURCE,
    filter,
    minzoom,
    paint: { 'fill-color': color(property), 'fill-antialias': true },
  };
}

function line(id: string, filter: FilterSpecification, property: string, widths: [number, number]): LayerSpecification {
  return {
    id,
    type: 'line',
    source: SOURCE,
    filter,
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: {
      'line-color': color(property),
      'line-width': ['interpolate', ['exponential', 1.5], ['zoom'], 10, widths[0], 16, widths[1]],
    },
  };
}

function ground(): LayerSpecification[] {
  return [
    fill('land', is('land'), '--map-land'),
    fill('park', is('park'), '--map-park'),
    fill('water', is('water', 'river', 'lake', 'canal', 'reservoir'), '--map-water'),
    line('coast', is('coast'), '--map-coast', [0.8, 2]),
    fill('building', is('building'), '--map-building', 12.5),
  ];
}

function ways(): LayerSpecification[] {
  const dashed = line('rail', is('rail'), '--map-rail', [1, 3]);
  const border = line('district', is('district'), '--map-district', [0.7, 1.5]);
  return [
    line('road-minor', is('road', 'minor', 'residential', 'tertiary'), '--map-road-minor', [0.2, 4]),
    line('road', is('road', 'secondary'), '--map-road', [0.6, 6]),
    line('road-main', is('road', 'main', 'primary'), '--map-road-main', [1, 9]),
    line('road-fast', is('road', 'expressway', 'motorway', 'trunk'), '--map-road-main', [1.9, 12]),
    { ...dashed, paint: { ...dashed.paint, 'line-dasharray': [3, 2] } } as LayerSpecification,
    { ...border, paint: { ...border.paint, 'line-dasharray': [4, 3] } } as LayerSpecification,
  ];
}

/** Which name a label shows. */
export function nameIn(language: Language): ExpressionSpecification {
  const own: ExpressionSpecification = ['get', 'name'];
  return language === 'zh' ? ['coalesce', own, ''] : ['coalesce', ['get', 'name_en'], own, ''];
}

/** The layers whose text changes with the language. */
export const NAMED = ['name-road', 'name-place', 'name-water'] as const;

function names(language: Language): LayerSpecification[] {
  const water: FilterSpecification = [
    'all',
    is('label'),
    ['in', ['get', 'class'], ['literal', ['sea', 'water', 'bay']]],
  ] as FilterSpecification;
  const place: FilterSpecification = [
    'all',
    is('label'),
    ['!', ['in', ['get', 'class'], ['literal', ['sea', 'water', 'bay']]]],
  ] as FilterSpecification;
  return [
    label('name-road', is('road'), { language, size: [10, 13], property: '--map-label', along: true, minzoom: 12.8 }),
    label('name-water', water, { language, size: [12, 17], property: '--map-label-water', along: false, minzoom: 0 }),
    label('name-place', place, { language, size: [12, 18], property: '--map-label', along: false, minzoom: 0 }),
  ];
}

interface Label {
  language: Language;
  size: [number, number];
  property: string;
  along: boolean;
  minzoom: number;
}

function label(id: string, filter: FilterSpecification, how: Label): LayerSpecification {
  return {
    id,
    type: 'symbol',
    source: SOURCE,
    filter,
    minzoom: how.minzoom,
    layout: {
      'text-field': nameIn(how.language),
      'text-font': FONT,
      'text-size': ['interpolate', ['linear'], ['zoom'], 10, how.size[0], 15, how.size[1]],
      'text-letter-spacing': how.along ? 0.05 : 0.15,
      'symbol-placement': how.along ? 'line' : 'point',
      'symbol-spacing': 420,
    },
    paint: {
      'text-color': color(how.property),
      'text-halo-color': color('--map-halo'),
      'text-halo-width': 1.4,
      'text-opacity': how.along ? 0.75 : 0.9,
    },
  };
}
