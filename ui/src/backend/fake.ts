/**
 * A backend in memory, for Vitest and for Chromium. Each command has an answer that a test may replace;
 * a command without one fails loudly instead of inventing data.
 */

import type { Events } from './bindings';
import { type Args, type Backend, BackendError, type CommandName, type EventName, type Result } from './client';

const TABLE = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1280 720"><rect width="1280" height="720" fill="#8b7a66"/>
  <g transform="rotate(-4 640 360)"><rect x="330" y="160" width="620" height="392" rx="22" fill="#e9eef0"/>
  <rect x="372" y="204" width="220" height="18" fill="#9fb0b4"/><rect x="372" y="244" width="160" height="14" fill="#b9c6c9"/>
  <rect x="372" y="280" width="190" height="14" fill="#b9c6c9"/><rect x="560" y="276" width="190" height="190" fill="#fff"/>
  <path fill="#222" fill-rule="evenodd" d="M572 288h50v50h-50zm8 8v34h34v-34zm108-8h50v50h-50zm8 8v34h34v-34zM572 404h50v50h-50zm8 8v34h34v-34z
  M590 306h14v14h-14zm116 0h14v14h-14zM590 422h14v14h-14zM640 288h16v16h-16zm16 32h16v16h-16zm-16 32h16v16h-16zm32 0h16v16h-16z
  m32 0h16v16h-16zm-16 32h16v16h-16zm32 16h16v16h-16zm-48 16h16v16h-16zm-32 0h16v16h-16zm16 22h16v16h-16zm64 0h16v16h-16z"/></g></svg>`,
)}`;

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

  on<E extends EventName>(event: E, heard: (payload: Events[E]) => void): Promise<() => void> {
    const ears = this.#ears.get(event) ?? new Set();
    const ear = heard as (payload: unknown) => void;
    this.#ears.set(event, ears.add(ear));
    return Promise.resolve(() => void ears.delete(ear));
  }

  /** One picture that stands: a card on a table. */
  picture(): Promise<string> {
    return Promise.resolve(TABLE);
  }
}

/** The one that the window uses where there is no program around it. */
export const fake = new FakeBackend();
