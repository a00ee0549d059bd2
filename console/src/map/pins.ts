/** Open incidents as pins of HTML on the map, which a keyboard reaches; the most urgent ones pulse. */

import { Marker, type Map as MapLibre } from 'maplibre-gl';
import { mount, unmount } from 'svelte';
import type { IncidentSummary } from '../model/incident';
import Pin from './Pin.svelte';

/** More pins than this only hide each other; the queue has them all. */
const MOST_PINS = 80;

interface Placed {
  marker: Marker;
  component: Record<string, never>;
  key: string;
}

/** Keeps one pin for each incident that has a place. */
export class Pins {
  #placed = new Map<string, Placed>();

  constructor(
    private readonly map: MapLibre,
    private readonly pick: (id: string) => void,
  ) {}

  show(incidents: readonly IncidentSummary[]): void {
    const wanted = incidents.filter((one) => one.longitude !== null && one.latitude !== null).slice(0, MOST_PINS);
    const ids = new Set(wanted.map((one) => one.id));
    for (const id of [...this.#placed.keys()]) if (!ids.has(id)) this.#remove(id);
    for (const incident of wanted) this.#place(incident);
  }

  clear(): void {
    for (const id of [...this.#placed.keys()]) this.#remove(id);
  }

  #place(incident: IncidentSummary): void {
    const key = `${incident.version}/${incident.longitude}/${incident.latitude}`;
    if (this.#placed.get(incident.id)?.key === key) return;
    this.#remove(incident.id);
    const element = document.createElement('div');
    // The most urgent pin lies on top.
    element.style.zIndex = String(10 - incident.priority);
    const component = mount(Pin, { target: element, props: { incident, pick: this.pick } });
    const marker = new Marker({ element }).setLngLat([incident.longitude ?? 0, incident.latitude ?? 0]).addTo(this.map);
    this.#placed.set(incident.id, { marker, component, key });
  }

  #remove(id: string): void {
    const placed = this.#placed.get(id);
    if (placed === undefined) return;
    placed.marker.remove();
    void unmount(placed.component);
    this.#placed.delete(id);
  }
}
