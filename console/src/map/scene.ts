/** What happens on a map: picking sensors or a place, marking a spot, going home, changing its language. */

import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl';
import type { FeatureCollection } from 'geojson';
import type { Language } from '../i18n/index.svelte';
import type { City } from '../model/wire';
import type { Bounds } from '../model/extent';
import { NAMED, nameIn } from './basemap';
import { color } from './palette';
import type { View } from '../stores/parts.svelte';
import { PART_NAMES, PARTS } from './parts';
import { SENSOR_NAMES, SENSORS } from './sensors';

const SPOT = 'spot';
/** A finger is not a needle: sensors this near to it are picked, in pixels. */
const REACH_PX = 8;
const HOME_PADDING_PX = 36;

export interface Pickers {
  pickSensors: ((ids: string[]) => void) | undefined;
  pickPlace: ((longitude: number, latitude: number) => void) | undefined;
  pickPart: ((id: string) => void) | undefined;
}

export function addPicking(map: MapLibre, { pickSensors, pickPlace, pickPart }: Pickers): void {
  map.on('click', (event) => {
    const [part] = pickPart === undefined ? [] : near(map, PARTS, event.point.x, event.point.y);
    if (part !== undefined) {
      pickPart?.(part);
      return;
    }
    if (pickPlace !== undefined) pickPlace(event.lngLat.lng, event.lngLat.lat);
    if (pickSensors !== undefined) pickSensors(near(map, SENSORS, event.point.x, event.point.y));
  });
  if (pickPlace !== undefined) {
    map.getCanvas().addEventListener('keydown', ({ key }) => {
      const { lng, lat } = map.getCenter();
      if (key === 'Enter') pickPlace(lng, lat);
    });
  }
  if (pickSensors === undefined) return;
  for (const layer of [SENSORS, PARTS]) point(map, layer);
}

function point(map: MapLibre, layer: string): void {
  map.on('mouseenter', layer, () => {
    map.getCanvas().style.cursor = 'pointer';
  });
  map.on('mouseleave', layer, () => {
    map.getCanvas().style.cursor = '';
  });
}

/** Tell which part of the city is looked at, now and after each move. */
export function tellMoves(map: MapLibre, moved: ((view: View) => void) | undefined): void {
  if (moved === undefined) return;
  const tell = (): void => {
    const bounds = map.getBounds();
    moved({
      west: Math.max(-180, bounds.getWest()),
      south: Math.max(-90, bounds.getSouth()),
      east: Math.min(180, bounds.getEast()),
      north: Math.min(90, bounds.getNorth()),
      zoom: map.getZoom(),
    });
  };
  map.on('moveend', tell);
  tell();
}

/** The ids of what a layer has at a point. */
function near(map: MapLibre, layer: string, x: number, y: number): string[] {
  const found = map.queryRenderedFeatures(
    [
      [x - REACH_PX, y - REACH_PX],
      [x + REACH_PX, y + REACH_PX],
    ],
    { layers: [layer] },
  );
  return [...new Set(found.map((feature) => String(feature.properties['id'])))];
}

export function addSpot(map: MapLibre): void {
  map.addSource(SPOT, { type: 'geojson', data: pointAt(null) });
  map.addLayer({
    id: SPOT,
    type: 'circle',
    source: SPOT,
    paint: {
      'circle-radius': 13,
      'circle-color': 'transparent',
      'circle-stroke-color': color('--accent'),
      'circle-stroke-width': 2.5,
    },
  });
}

export function showSpot(map: MapLibre, spot: [number, number] | null): void {
  void map.getSource<GeoJSONSource>(SPOT)?.setData(pointAt(spot));
}

function pointAt(spot: [number, number] | null): FeatureCollection {
  if (spot === null) return { type: 'FeatureCollection', features: [] };
  const geometry = { type: 'Point' as const, coordinates: spot };
  return { type: 'FeatureCollection', features: [{ type: 'Feature', geometry, properties: {} }] };
}

/** Show the whole city: all that is watched, or where it says it is when nothing is. */
export function goHome(map: MapLibre, city: City, watched: Bounds | null, slowly: boolean): void {
  map.stop();
  const bounds = watched ?? city.bounds;
  if (bounds === null) map.jumpTo({ center: city.center, zoom: city.zoom });
  else map.fitBounds(bounds, { padding: HOME_PADDING_PX, animate: slowly, speed: 0.9, maxZoom: city.zoom + 3 });
}

export function rename(map: MapLibre, language: Language): void {
  for (const layer of [...NAMED, SENSOR_NAMES, PART_NAMES])
    map.setLayoutProperty(layer, 'text-field', nameIn(language));
}
