/** The ways from people and houses into a form. */

import type { Rid } from '../../backend/bindings';

export function startRegistration(): void {}
export async function nextOfHouse(after: Rid): Promise<void> { void after; }
export async function correct(rid: Rid): Promise<void> { void rid; }
