/** MapLibre, set up once: its worker is a file of our own, so the page's policy needs no exception. */

import { Map as MapLibre, setWorkerUrl, type MapOptions } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import 'maplibre-gl/dist/maplibre-gl.css';

setWorkerUrl(workerUrl);

export { MapLibre };

/** What every map of the console shares: flat, north up, no controls of MapLibre's own. */
export const CALM: Partial<MapOptions> = {
  attributionControl: false,
  dragRotate: false,
  pitchWithRotate: false,
  touchPitch: false,
  fadeDuration: 0,
  minZoom: 8,
  maxZoom: 18,
  canvasContextAttributes: { preserveDrawingBuffer: false, antialias: true },
};
