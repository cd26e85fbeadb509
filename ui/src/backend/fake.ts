/**
 * A backend in memory, for Vitest and for Chromium. Each command has an answer that a test may replace;
 * a command without one fails loudly instead of inventing data.
 */

import { type Args, type Backend, BackendError, type CommandName, type EventName, type Result } from './client';

type Answer<N extends CommandName> = (args: Args<N>) => Result<N> | Promise<Result<N>>;

export class FakeBackend implements Backend {
  /** Every command asked for, in order. */
  readonly asked: { name: CommandName; args: unknown }[] = [];
  /** Milliseconds before each answer. */
  delay = 0;

  readonly #answers = new Map<CommandName, (args: never) => unknown>();
  readonly #ears = new Map<EventName, Set<(payload: unknown) => void>>();

  answer<N extends CommandName>(name: N, answer: Answer<N>): this {
    this.#answers.set(name, answer);
    return this;
  }

  /** From now on the command is refused with this answer. */
  refuse(name: CommandName, code: string, more: object = {}): this {
    this.#answers.set(name, () => {
      throw new BackendError({ code, ...more });
    });
    return this;
  }

  emit(event: EventName, payload: unknown = null): void {
    for (const heard of this.#ears.get(event) ?? []) heard(payload);
  }

  async call<N extends CommandName>(name: N, args: Args<N>): Promise<Result<N>> {
    this.asked.push({ name, args });
    if (this.delay > 0) await new Promise((done) => setTimeout(done, this.delay));
    const answer = this.#answers.get(name) as Answer<N> | undefined;
    if (!answer) throw new BackendError({ code: 'internal', missing: name });
    return answer(args);
  }

  on(event: EventName, heard: (payload: unknown) => void): Promise<() => void> {
    const ears = this.#ears.get(event) ?? new Set();
    this.#ears.set(event, ears.add(heard));
    return Promise.resolve(() => void ears.delete(heard));
  }
}

/** The one that the window uses where there is no program around it. */
export const fake = new FakeBackend();
