/**
 * The real program on a stage of the development server, and what a test wants to know of it beside what the page shows:
 * which commands were asked for. A test can make the way to it slow or refuse a command, and tell an event.
 */

import { inject } from 'vitest';
import type { Events } from '../backend/bindings';
import { type Args, type Backend, BackendError, type CommandName, type EventName, type Result } from '../backend/client';
import { Stage } from '../backend/stage';

type Ear = (payload: unknown) => void;

export class Watched implements Backend {
  /** Every command that the page asked for, in order. */
  readonly asked: { name: CommandName; args: unknown }[] = [];
  /** Milliseconds before each answer. */
  delay = 0;
  /** The camera's run that goes on, as far as the page was told. */
  run: number | undefined;

  readonly stage: Stage;
  readonly #refused = new Map<CommandName, string>();
  readonly #ears = new Map<EventName, Set<Ear>>();

  private constructor(stage: Stage) {
    this.stage = stage;
  }

  static async open(story: string): Promise<Watched> {
    const { address, token } = inject('devServer');
    const watched = new Watched(await Stage.open(story, `http://${address}`, token));
    await watched.on('scan', (told) => {
      // With a form in hand a run has done its work.
      if (told.told === 'card' && told.scan.draft && told.run === watched.run) watched.run = undefined;
    });
    return watched;
  }

  async call<N extends CommandName>(name: N, args: Args<N>): Promise<Result<N>> {
    this.asked.push({ name, args });
    if (this.delay > 0) await new Promise((done) => setTimeout(done, this.delay));
    const refused = this.#refused.get(name);
    if (refused) throw new BackendError({ code: refused });
    const answer = await this.stage.call(name, args);
    if (name === 'start_scan') this.run = (answer as Result<'start_scan'>).run;
    if (name === 'stop_scan' && (args as Args<'stop_scan'>).run === this.run) this.run = undefined;
    return answer;
  }

  async on<E extends EventName>(event: E, heard: (payload: Events[E]) => void): Promise<() => void> {
    const ear = heard as Ear;
    const ears = this.#ears.get(event) ?? new Set<Ear>();
    this.#ears.set(event, ears.add(ear));
    const deaf = await this.stage.on(event, heard);
    return () => {
      ears.delete(ear);
      deaf();
    };
  }

  picture(run: number, number: number): Promise<string> {
    return this.stage.picture(run, number);
  }

  /** From now on the command does not reach the program. */
  refuse(name: CommandName, code: string): void {
    this.#refused.set(name, code);
  }

  /** It reaches the program again. */
  accept(name: CommandName): void {
    this.#refused.delete(name);
  }

  /** Something is told that the program did not tell. */
  emit<E extends EventName>(event: E, payload: Events[E]): void {
    for (const ear of this.#ears.get(event) ?? []) ear(payload);
  }
}
