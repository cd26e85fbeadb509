/**
 * Which screen is shown: a stack in memory. Nothing of it is in the address, the history or any storage of the browser,
 * because it carries people's records.
 */

import type { Routes } from '../features/routes';

export type RouteName = keyof Routes;

/** A screen with what it was opened with. */
export type Visit = {
  [N in RouteName]: {
    readonly id: number;
    readonly name: N;
    readonly params: Routes[N];
    /** What the screen wants to find again when somebody comes back to it (a filter, how far it was scrolled). */
    readonly remembered: Record<string, unknown>;
  };
}[RouteName];

/** Finishes what a screen still holds (writes the draft); throws when it could not, and the screen stays. */
export type BeforeLeave = () => void | Promise<void>;

type Params<N extends RouteName> = Routes[N] extends null ? [] : [params: Routes[N]];

export class Router {
  #stack = $state.raw<Visit[]>([]);
  #next = 0;
  #beforeLeave: BeforeLeave | undefined;
  #moving = false;

  constructor(first: RouteName) {
    this.#stack = [this.#visit(first, null)];
  }

  get current(): Visit {
    return this.#stack[this.#stack.length - 1] as Visit;
  }

  get canGoBack(): boolean {
    return this.#stack.length > 1;
  }

  /** One screen deeper; back comes to the one shown now. */
  go<N extends RouteName>(name: N, ...[params]: Params<N>): Promise<boolean> {
    return this.#move(() => [...this.#stack, this.#visit(name, params ?? null)]);
  }

  /** In place of the one shown now: back does not return to it (a finished step). */
  replace<N extends RouteName>(name: N, ...[params]: Params<N>): Promise<boolean> {
    return this.#move(() => [...this.#stack.slice(0, -1), this.#visit(name, params ?? null)]);
  }

  /** A place of the rail: the way there is forgotten. */
  start<N extends RouteName>(name: N, ...[params]: Params<N>): Promise<boolean> {
    return this.#move(() => [this.#visit(name, params ?? null)]);
  }

  back(): Promise<boolean> {
    return this.canGoBack ? this.#move(() => this.#stack.slice(0, -1)) : Promise.resolve(false);
  }

  /** Lets the screen finish what it holds and stays on it; false when it could not. */
  settle(): Promise<boolean> {
    return this.#move(() => this.#stack);
  }

  /** Set by the screen that is shown; call the result when it goes away. Fits `$effect`. */
  beforeLeave(finish: BeforeLeave): () => void {
    this.#beforeLeave = finish;
    return () => {
      if (this.#beforeLeave === finish) this.#beforeLeave = undefined;
    };
  }

  /** False when the screen stayed: it could not finish, or another move is under way. */
  async #move(to: () => Visit[]): Promise<boolean> {
    if (this.#moving) return false;
    this.#moving = true;
    try {
      await this.#beforeLeave?.();
      this.#stack = to();
      return true;
    } catch {
      // The screen that could not finish says so itself.
      return false;
    } finally {
      this.#moving = false;
    }
  }

  #visit(name: RouteName, params: unknown): Visit {
    return { id: this.#next++, name, params, remembered: {} } as unknown as Visit;
  }
}

export const router = new Router('today');
