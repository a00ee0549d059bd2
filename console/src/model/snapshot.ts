/** Pictures of cameras, as the API tells of them. */

/** A camera's picture that belongs to an incident; `distance_m` is null where the camera itself raised the alarm. */
export interface Snapshot {
  id: string;
  camera: string;
  at: string;
  distance_m: number | null;
}

/** Where a picture is; `embed`: the page may show it itself. */
export interface SnapshotAddress {
  url: string;
  embed: boolean;
}
