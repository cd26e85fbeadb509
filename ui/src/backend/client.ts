/** The one door to the program: typed commands out, events in. Nothing else in the window knows of Tauri. */

import { convertFileSrc, invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { Commands, Events } from './bindings';

export type CommandName = keyof Commands;
export type Args<N extends CommandName> = Commands[N]['args'];
export type Result<N extends CommandName> = Commands[N]['result'];

/** What the program tells without being asked; the table says what each one carries. */
export type EventName = keyof Events;

export interface Backend {
  call<N extends CommandName>(name: N, args: Args<N>): Promise<Result<N>>;
  /** Returns the function that stops listening. */
  on<E extends EventName>(event: E, heard: (payload: Events[E]) => void): Promise<() => void>;
  /** Address of the newest picture of a run's camera, for an `img`; another number asks for another picture. */
  picture(run: number, number: number): Promise<string>;
}

/** What the program answers instead of a result. `code` is stable; sentences are looked up by it (i18n). */
export class BackendError extends Error {
  readonly code: string;
  /** The whole answer, for callers that know more about this code (fields, attempts left). */
  readonly answer: unknown;

  constructor(answer: unknown) {
    const code = codeIn(answer);
    super(code);
    this.name = 'BackendError';
    this.code = code;
    this.answer = answer;
  }
}

/** The code of whatever a command of the program was rejected with. */
export function errorCode(error: unknown): string {
  return error instanceof BackendError ? error.code : 'internal';
}

function codeIn(answer: unknown): string {
  if (typeof answer === 'object' && answer !== null && 'code' in answer && typeof answer.code === 'string') {
    return answer.code;
  }
  // Tauri itself answers with a sentence (an unknown command, arguments that do not fit).
  return 'internal';
}

function tauri(): Backend {
  return {
    async call<N extends CommandName>(name: N, args: Args<N>): Promise<Result<N>> {
      try {
        return await invoke<Result<N>>('rpc', { name, args });
      } catch (answer) {
        throw new BackendError(answer);
      }
    },
    async on(event, heard) {
      return listen<Events[typeof event]>(event, ({ payload }) => heard(payload));
    },
    async picture(run, number) {
      return `${convertFileSrc('', 'camera')}${run}/${number}`;
    },
  };
}

async function open(): Promise<Backend> {
  if (STORIES_BUILT_IN && !('__TAURI_INTERNALS__' in window)) {
    const { play } = await import('./story');
    return play(location.search);
  }
  return tauri();
}

let opened: Promise<Backend> | undefined;

function backend(): Promise<Backend> {
  opened ??= open();
  return opened;
}

/** Runs a command of the program. Rejects with {@link BackendError}. */
export async function call<N extends CommandName>(name: N, args: Args<N>): Promise<Result<N>> {
  return (await backend()).call(name, args);
}

/** Listens for an event of the program until the returned function is called; fits `$effect`. */
export function on<E extends EventName>(event: E, heard: (payload: Events[E]) => void): () => void {
  let stopped = false;
  let stop: (() => void) | undefined;
  void backend()
    .then((door) => door.on(event, heard))
    .then((end) => {
      if (stopped) end();
      else stop = end;
    });
  return () => {
    stopped = true;
    stop?.();
  };
}

/** Address of the newest picture of the camera; see {@link Backend.picture}. */
export async function cameraPicture(run: number, number: number): Promise<string> {
  return (await backend()).picture(run, number);
}

/** Tests put a backend of their own in place. */
export function useBackend(other: Backend): void {
  opened = Promise.resolve(other);
}
