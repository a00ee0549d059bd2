/** Teams, pumps, materials and components as one GeoJSON source and symbol layers above the sensors. */

import type { FeatureCollection, Point } from 'geojson';
import type { GeoJSONSource, LayerSpecification, Map as MapLibre } from 'maplibre-gl';
import type { Language } from '../i18n/index.svelte';
import { groupOf, PART_GROUPS, type Component, type PartGroup } from '../model/parts';
import { names } from './names';
import { color } from './palette';
import { PART_INK, PART_PATHS } from './partsigns';

export const PARTS = 'parts';
export const PART_NAMES = 'part-names';

/** Pictures are drawn at twice their size so that they stay sharp; paths lie in a box of 16 by 16. */
const RATIO = 2;
const BOX = 16;
const NAMES_FROM_ZOOM = 14;

function toFeatures(list: readonly Component[]): FeatureCollection<Point> {
  return {
    type: 'FeatureCollection',
    features: list.map((part) => ({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [part.longitude, part.latitude] },
      properties: {
        id: part.id,
        name: part.name,
        name_en: part.name_en === '' ? part.name : part.name_en,
        icon: spriteOf(groupOf(part)),
        order: PART_GROUPS.indexOf(groupOf(part)),
      },
    })),
  };
}

function spriteOf(group: PartGroup): string {
  return `part-${group}`;
}

export function addParts(map: MapLibre, language: Language): void {
  for (const group of PART_GROUPS) {
    const picture = draw(group);
    if (picture !== null) map.addImage(spriteOf(group), picture, { pixelRatio: RATIO });
  }
  map.addSource(PARTS, { type: 'geojson', data: toFeatures([]) });
  map.addLayer(icons());
  map.addLayer(names({ id: PART_NAMES, source: PARTS, fromZoom: NAMES_FROM_ZOOM, ink: '--accent', language }));
}

export function showParts(map: MapLibre, list: readonly Component[]): void {
  void map.getSource<GeoJSONSource>(PARTS)?.setData(toFeatures(list));
}

function draw(group: PartGroup): ImageData | null {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = BOX * RATIO;
  const pen = canvas.getContext('2d');
  if (pen === null) return null;
  pen.scale(RATIO, RATIO);
  const { shape, sign } = PART_PATHS[group];
  const outline = new Path2D(shape);
  pen.fillStyle = color('--map-halo');
  pen.fill(outline);
  pen.strokeStyle = color(PART_INK[group]);
  pen.lineWidth = 1.6;
  pen.lineJoin = pen.lineCap = 'round';
  pen.stroke(outline);
  pen.stroke(new Path2D(sign));
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

function icons(): LayerSpecification {
  return {
    id: PARTS,
    type: 'symbol',
    source: PARTS,
    layout: {
      'icon-image': ['get', 'icon'],
      'icon-allow-overlap': true,
      'icon-ignore-placement': true,
      'icon-size': ['interpolate', ['linear'], ['zoom'], 10, 0.9, 14, 1.3],
      'symbol-sort-key': ['-', 0, ['get', 'order']],
    },
  };
}
