/**
 * Answers that a test writes down itself, for what depends on the page alone: which question waits, which answer comes too
 * late. A command without an answer fails loudly. What depends on a rule stands on the program (`watched`).
 */

import type { Events } from '../backend/bindings';
import { type Args, type Backend, BackendError, type CommandName, type EventName, type Result } from '../backend/client';

type Answer<N extends CommandName> = (args: Args<N>) => Result<N> | Promise<Result<N>>;

export class Scripted implements Backend {
  /** Every command asked for, in order. */
  readonly asked: { name: CommandName; args: unknown }[] = [];

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
    const answer = this.#answers.get(name) as Answer<N> | undefined;
    if (!answer) throw new BackendError({ code: 'internal', missing: name });
    return answer(args);
  }

  on<E extends EventName>(event: E, heard: (payload: Events[E]) => void): Promise<() => void> {
    const ears = this.#ears.get(event) ?? new Set();
    const ear = heard as (payload: unknown) => void;
    this.#ears.set(event, ears.add(ear));
    return Promise.resolve(() => void ears.delete(ear));
  }

  picture(): Promise<string> {
    return Promise.reject(new BackendError({ code: 'internal' }));
  }
}
