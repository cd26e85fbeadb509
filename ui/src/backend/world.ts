/**
 * The world that the window works in where there is no program around it, chosen by `?world=`: `volunteer`, `coordinator`
 * or `practice`, with any of empty, full (10,000 records), offline, portal, paused, error, slow, alarm, hostile, locked,
 * new, revoked, weak behind hyphens: `?world=volunteer-full`, `?world=coordinator-offline`.
 */

import { World } from './world/world';

export { HOSTILE, NOW, PIN, World } from './world/world';

export const worldOf = (search: string): World => new World(new URLSearchParams(search).get('world') ?? 'volunteer');
