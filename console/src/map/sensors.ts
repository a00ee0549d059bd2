/** The sensors as one GeoJSON source and symbol layers, worst on top. */

import type { FeatureCollection, Point } from 'geojson';
import type { GeoJSONSource, LayerSpecification, Map as MapLibre } from 'maplibre-gl';
import type { Language } from '../i18n/index.svelte';
import { rankOf } from '../model/severity';
import type { MapSensor } from '../stores/sensors.svelte';
import { NAMED } from './basemap';
import { names } from './names';
import { spriteOf } from './sprites';

export const SENSORS = 'sensors';
export const SENSOR_NAMES = 'sensor-names';

/** From this zoom on every sensor has its name beside it. */
const NAMES_FROM_ZOOM = 15;

export function toFeatures(list: readonly MapSensor[]): FeatureCollection<Point> {
  return { type: 'FeatureCollection', features: list.flatMap(feature) };
}

function feature(sensor: MapSensor): FeatureCollection<Point>['features'] {
  if (sensor.longitude === null || sensor.latitude === null) return [];
  const { id, name, name_en, state, domain } = sensor;
  return [
    {
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [sensor.longitude, sensor.latitude] },
      properties: {
        id,
        name,
        name_en: name_en === '' ? name : name_en,
        icon: spriteOf(domain, state),
        order: -rankOf(state),
      },
    },
  ];
}

export function addSensors(map: MapLibre, list: readonly MapSensor[], language: Language): void {
  map.addSource(SENSORS, { type: 'geojson', data: toFeatures(list) });
  // Below the names of places, which tell where the sensors are.
  map.addLayer(icons(), NAMED[0]);
  map.addLayer(names({ id: SENSOR_NAMES, source: SENSORS, fromZoom: NAMES_FROM_ZOOM, ink: '--text-2', language }));
}

export function showSensors(map: MapLibre, list: readonly MapSensor[]): void {
  const source = map.getSource<GeoJSONSource>(SENSORS);
  if (source !== undefined) void source.setData(toFeatures(list));
}

function icons(): LayerSpecification {
  return {
    id: SENSORS,
    type: 'symbol',
    source: SENSORS,
    layout: {
      'icon-image': ['get', 'icon'],
      'icon-allow-overlap': true,
      'icon-ignore-placement': true,
      'icon-padding': 0,
      'icon-size': ['interpolate', ['linear'], ['zoom'], 10, 0.6, 13, 0.95, 17, 1.5],
      'symbol-sort-key': ['get', 'order'],
    },
  };
}
