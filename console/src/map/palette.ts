/** Colours of the style sheet for what is drawn on a canvas: CSS custom properties stay the only source. */

/** Return the value of a custom property such as `--map-sea`. */
export function color(property: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(property).trim();
}
