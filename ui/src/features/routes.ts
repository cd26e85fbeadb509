/**
 * Every screen there is. A feature adds its screens here: a name with the type of what it is opened with (`null` for
 * nothing) and, in `screens`, the component, the place of the rail it belongs to and how much frame it has.
 */

import type { Component } from 'svelte';
import type { BlankNumber, Code, HouseholdId, Rid, Saved, State } from '../backend/bindings';
import type { Place } from '../frame/places';
import Area from './area/Area.svelte';
import TabletList from './area/TabletList.svelte';
import Attend from './attend/Attend.svelte';
import PrePrinted from './blanks/PrePrinted.svelte';
import HouseholdPage from './households/HouseholdPage.svelte';
import Households from './households/Households.svelte';
import About from './more/About.svelte';
import ChangePin from './more/ChangePin.svelte';
import Doctor from './more/Doctor.svelte';
import Handover from './more/Handover.svelte';
import More from './more/More.svelte';
import Scanner from './more/Scanner.svelte';
import Team from './more/Team.svelte';
import Verify from './more/Verify.svelte';
import ChooseCards from './print/ChooseCards.svelte';
import PrintPage from './print/PrintPage.svelte';
import PersonPage from './people/PersonPage.svelte';
import Queue from './queue/Queue.svelte';
import StateList from './queue/StateList.svelte';
import Compare from './register/Compare.svelte';
import Consent from './register/Consent.svelte';
import Done from './register/Done.svelte';
import type { Form } from './register/form.svelte';
import Take from './register/Take.svelte';
import type { TakeFor } from './register/take';
import Today from './today/Today.svelte';

export interface Routes {
  today: null;
  register: null;
  take: TakeFor;
  compare: { form: Form };
  consent: { form: Form };
  done: { saved: Saved; name: string; corrected: boolean };
  prePrinted: { rid: Rid; code: Code; exchange?: { number: BlankNumber; reason: string } };
  households: null;
  household: { id: HouseholdId };
  person: { rid: Rid };
  print: { rid: Rid; name: string } | { rids: Rid[] };
  chooseCards: null;
  queue: null;
  records: { state: State };
  more: null;
  team: null;
  changePin: null;
  verify: null;
  scanner: null;
  doctor: null;
  about: null;
  handover: null;
  area: null;
  tablets: { which: 'silent' | 'unsent' };
  attend: null;
}

/** Screens that are opened with nothing. */
export type Plain = { [N in keyof Routes]: Routes[N] extends null ? N : never }[keyof Routes];

export interface Screen<P> {
  /** Takes `params`; one that is opened with nothing may leave them out. */
  component: Component<{ params: P }> | (P extends null ? Component<Record<string, never>> : never);
  /** The place of the rail that is lit; null for screens outside the places. */
  place: Place | null;
  /** `bare`: no rail and no top line, for the screen turned to a resident and for signing in. */
  frame: 'full' | 'bare';
}

export const screens: { [N in keyof Routes]: Screen<Routes[N]> } = {
  today: { component: Today, place: 'today', frame: 'full' },
  register: { component: Take as Component<{ params: null }>, place: 'register', frame: 'full' },
  take: { component: Take as Component<{ params: TakeFor }>, place: 'register', frame: 'full' },
  compare: { component: Compare, place: 'register', frame: 'full' },
  consent: { component: Consent, place: 'register', frame: 'bare' },
  done: { component: Done, place: 'register', frame: 'full' },
  prePrinted: { component: PrePrinted, place: 'register', frame: 'full' },
  households: { component: Households, place: 'households', frame: 'full' },
  household: { component: HouseholdPage, place: 'households', frame: 'full' },
  person: { component: PersonPage, place: 'households', frame: 'full' },
  print: { component: PrintPage, place: 'households', frame: 'full' },
  chooseCards: { component: ChooseCards, place: 'households', frame: 'full' },
  queue: { component: Queue, place: 'queue', frame: 'full' },
  records: { component: StateList, place: 'queue', frame: 'full' },
  more: { component: More, place: 'more', frame: 'full' },
  team: { component: Team, place: 'more', frame: 'full' },
  changePin: { component: ChangePin, place: 'more', frame: 'full' },
  verify: { component: Verify, place: 'more', frame: 'full' },
  scanner: { component: Scanner, place: 'more', frame: 'full' },
  doctor: { component: Doctor, place: 'more', frame: 'full' },
  about: { component: About, place: 'more', frame: 'full' },
  handover: { component: Handover, place: 'more', frame: 'full' },
  area: { component: Area, place: 'area', frame: 'full' },
  tablets: { component: TabletList, place: 'area', frame: 'full' },
  attend: { component: Attend, place: 'attend', frame: 'full' },
};

/** The first screen of each place; a place without one is not in the rail. */
export const starts: Partial<Record<Place, Plain>> = {
  today: 'today',
  register: 'register',
  households: 'households',
  queue: 'queue',
  more: 'more',
  area: 'area',
  attend: 'attend',
};
