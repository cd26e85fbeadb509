/**
 * Every screen there is. A feature adds its screens here: a name with the type of what it is opened with (`null` for
 * nothing) and, in `screens`, the component, the place of the rail it belongs to and how much frame it has.
 */

import type { Component } from 'svelte';
import type { HouseholdId, Rid, State } from '../backend/bindings';
import type { Place } from '../frame/places';
import HouseholdPage from './households/HouseholdPage.svelte';
import Households from './households/Households.svelte';
import More from './more/More.svelte';
import PersonPage from './people/PersonPage.svelte';
import Queue from './queue/Queue.svelte';
import StateList from './queue/StateList.svelte';

export interface Routes {
  households: null;
  household: { id: HouseholdId };
  person: { rid: Rid };
  queue: null;
  records: { state: State };
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
  households: { component: Households, place: 'households', frame: 'full' },
  household: { component: HouseholdPage, place: 'households', frame: 'full' },
  person: { component: PersonPage, place: 'households', frame: 'full' },
  queue: { component: Queue, place: 'queue', frame: 'full' },
  records: { component: StateList, place: 'queue', frame: 'full' },
  more: { component: More, place: 'more', frame: 'full' },
};

/** The first screen of each place; a place without one is not in the rail. */
export const starts: Partial<Record<Place, keyof Routes>> = {
  households: 'households',
  queue: 'queue',
  more: 'more',
};
