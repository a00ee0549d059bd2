/** What the city says about itself: names, departments, classes, quantities, base map. */

import type { FeatureCollection } from 'geojson';
import { read } from '../api';
import { say, word } from '../i18n/index.svelte';
import type { City, Department } from '../model/wire';

class CityStore {
  facts = $state.raw<City | null>(null);
  basemap = $state.raw<FeatureCollection>({ type: 'FeatureCollection', features: [] });

  async load(): Promise<void> {
    const [facts, basemap] = await Promise.all([read<City>('/city'), read<FeatureCollection>('/city/basemap')]);
    this.facts = facts;
    this.basemap = basemap;
  }

  get timezone(): string {
    return this.facts?.timezone ?? 'Asia/Shanghai';
  }

  /** The departments that handle, in the city's own order. */
  get handling(): Department[] {
    return this.facts?.departments.filter((department) => department.axis === 'department') ?? [];
  }

  department(id: string): string {
    const found = this.facts?.departments.find((department) => department.id === id);
    return found === undefined ? id : say(found.name);
  }

  className(id: string): string {
    const found = this.facts?.classes.find((entry) => entry.id === id);
    return found === undefined ? word('class', id) : say(found.name);
  }

  district(id: string): string {
    return say(this.facts?.district_names[id] ?? id);
  }

  /** The name of a site by what sensors and incidents call it; other words stand for themselves. */
  site(id: string): string {
    return say(this.facts?.site_names[id] ?? id);
  }

  /** Where something is, in words: the district and the site. */
  where(district: string, place: string): string {
    return [this.district(district), this.site(place)].filter((part) => part !== '').join(' · ');
  }

  /** A series in words: `temperature/DS` is the quantity, and the one of several that its device labels so. */
  quantity(series: string): string {
    const { id, label } = partsOf(series);
    const found = this.facts?.quantities[id];
    return found === undefined ? series : [say(found.name), label].filter((part) => part !== '').join(' · ');
  }

  unit(series: string): string {
    return this.facts?.quantities[partsOf(series).id]?.unit ?? '';
  }
}

/** The quantity of a series and its label, which may hold slashes itself. */
function partsOf(series: string): { id: string; label: string } {
  const [id = '', ...label] = series.split('/');
  return { id, label: label.join('/') };
}

export const city = new CityStore();
