/**
 * The door while no test has put a backend behind it: asked, it never answers. Without it, what a module or a page that was
 * left asks for would go to a network that no test has, and whether that failed the run was a matter of time.
 */

import { type Backend, useBackend } from '../backend/client';

const never = (): Promise<never> => new Promise(() => undefined);

export const nobody: Backend = { call: never, on: never, picture: never };

useBackend(nobody);
