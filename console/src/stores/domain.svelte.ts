/** The sensors of one domain whole, as they stand now. */

import { asRefusal, type ApiError } from '../api';
import type { Sensor } from '../model/wire';
import { byState, sensors } from './sensors.svelte';

export class DomainSensors {
  error = $state.raw<ApiError | null>(null);
  loaded = $state(false);
  #facts = $state.raw<readonly Sensor[]>([]);
  /** Worst first. */
  list = $derived(this.#facts.map((sensor) => sensors.current(sensor)).sort(byState));

  async load(domain: string): Promise<void> {
    try {
      this.#facts = await sensors.all({ domain });
      this.loaded = true;
      this.error = null;
    } catch (error) {
      this.error = asRefusal(error);
    }
  }
}
