/** Known places by their names: what is watched and what stands in the city. */

import { nameOf } from '../i18n/index.svelte';

export interface Known {
  id: string;
  name: string;
  name_en: string;
  longitude: number | null;
  latitude: number | null;
  district: string;
}

export interface Place {
  name: string;
  spot: [number, number];
  district: string;
}

/** Return the places whose name or id has every word of `typed`, one for each name, at most `most`. */
export function placesNamed(typed: string, known: Iterable<Known>, most: number): Place[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const found = new Map<string, Place>();
  if (words.length === 0) return [];
  for (const one of known) {
    if (found.size === most) break;
    const text = `${one.id} ${one.name} ${one.name_en}`.toLowerCase();
    const name = nameOf(one);
    if (one.longitude === null || one.latitude === null || found.has(name)) continue;
    if (words.every((word) => text.includes(word))) {
      found.set(name, { name, spot: [one.longitude, one.latitude], district: one.district });
    }
  }
  return [...found.values()];
}
