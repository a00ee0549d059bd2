/** What the API says, typed as it stands on the wire. */

export type Bilingual = { zh: string; en: string };

export type Domain = 'traffic' | 'environment' | 'video' | 'machine_room';
export const DOMAINS: readonly Domain[] = ['traffic', 'environment', 'video', 'machine_room'];

export type SensorState = 'normal' | 'notice' | 'major' | 'critical' | 'silent' | 'offline' | 'unknown';
export type Level = 'notice' | 'major' | 'critical';

export interface User {
  id: string;
  username: string;
  name: string;
  roles: string[];
  department: string;
  district: string;
  language: string;
  disabled: boolean;
}

export interface Department {
  id: string;
  name: Bilingual;
  axis: 'supervision' | 'command' | 'department';
  level: string;
  district: string;
}

/** A case of a class; `limit` is such as `2 urgent_hour`. */
export interface ClassCondition {
  id: string;
  name: Bilingual;
  limit: string;
  closing: Bilingual;
}

export interface IncidentClass {
  id: string;
  name: Bilingual;
  code: string;
  conditions?: ClassCondition[];
}

export interface Quantity {
  unit: string;
  name: Bilingual;
  kind: string;
  minimum: number | null;
  maximum: number | null;
}

export interface City {
  name: Bilingual;
  timezone: string;
  center: [number, number];
  zoom: number;
  bounds: [number, number, number, number] | null;
  districts: string[];
  district_names: Record<string, Bilingual>;
  site_names: Record<string, Bilingual>;
  departments: Department[];
  classes: IncidentClass[];
  quantities: Record<string, Quantity>;
  version: string;
  demo: boolean;
}

export interface LatestValue {
  value: number | null;
  unit: string;
  time: string;
  quality: string[];
}
export type LatestValues = Record<string, LatestValue>;

export interface Sensor {
  id: string;
  name: string;
  name_en: string;
  domain: Domain;
  kind: string;
  longitude: number | null;
  latitude: number | null;
  district: string;
  grid: string;
  site: string;
  upstream: string;
  interval_s: number | null;
  quantities: string[];
  authority: string;
  owner: string;
  maintainer: string;
  installed: string | null;
  tags: string[];
  recorded: boolean;
  /** identification code as a component of the city */
  code: string;
  condition: string;
  state: SensorState;
  latest: LatestValues;
}

export interface SensorColumns {
  ids: string[];
  names: string[];
  names_en: string[];
  domains: Domain[];
  kinds: string[];
  longitudes: (number | null)[];
  latitudes: (number | null)[];
  states: SensorState[];
  districts: string[];
}

export interface SensorChange {
  id: string;
  state: SensorState;
  latest: LatestValues;
}

export interface SensorEvent {
  sensor: string;
  event: string;
  time: string;
  arrival: string;
  attributes: Record<string, unknown>;
  snapshot: boolean;
}

export interface Series {
  sensor: string;
  quantity: string;
  unit: string;
  resolution: string;
  truncated: boolean;
  time_ms: number[];
  value: (number | null)[];
  minimum: (number | null)[];
  maximum: (number | null)[];
  count: number[];
  /** flags, see quality.ts */
  quality: number[];
}

export interface Page<T> {
  items: T[];
  /** where the following page begins; null after the last, absent where the list is whole */
  next?: string | null;
  total?: number;
  /** false: `total` is at least so many */
  exact?: boolean;
}

/** Open incidents in numbers, whatever page is shown. */
export interface QueueCounts {
  open: number;
  unacknowledged: number;
  overdue: number;
  by_priority: Record<string, number>;
}

/** The whole list at once. */
export interface Items<T> {
  items: T[];
}

export interface ErrorBody {
  code: string;
  detail: string;
  at: string;
}
