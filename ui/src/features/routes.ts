/**
 * Every screen there is. A feature adds its screens here: a name with the type of what it is opened with (`null` for
 * nothing) and, in `screens`, the component, the place of the rail it belongs to and how much frame it has.
 */

import type { Component } from 'svelte';
import type { Place } from '../frame/places';
import More from './more/More.svelte';

export interface Routes {
  more: null;
}

export interface Screen<P> {
  /** Takes `params`; one that is opened with nothing may leave them out. */
  component: Component<{ params: P }> | (P extends null ? Component<Record<string, never>> : never);
  /** The place of the rail that is lit; null for screens outside the places. */
  place: Place | null;
  /** `bare`: no rail and no top line, for the screen turned to a resident and for signing in. */
  frame: 'full' | 'bare';
}

export const screens: { [N in keyof Routes]: Screen<Routes[N]> } = {
  more: { component: More, place: 'more', frame: 'full' },
};

/** The first screen of each place; a place without one is not in the rail. */
export const starts: Partial<Record<Place, keyof Routes>> = {
  more: 'more',
};
