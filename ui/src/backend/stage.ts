/**
 * The program over HTTP: a stage of the development server (`tests/examples/dev_server`), which runs the real program in a
 * state that a story names. For development and for tests; not part of the shipped window.
 */

import type { Events } from './bindings';
import { type Args, type Backend, BackendError, type CommandName, type EventName, type Result } from './client';

type Ear = (payload: unknown) => void;

/** What a test asks of the world around the program; each is one of the server's ports. */
export interface Script {
  /** Holds a code with this text before the camera. */
  hold_up?: string;
  /** Holds the picture of a code before it (PNG, base64). */
  hold_up_png?: string;
  /** The hand scanner scans this. */
  scan?: string;
  camera?: 'well' | 'none' | 'busy' | 'denied' | 'lost' | 'stalled' | 'black' | 'failed';
  network?: 'good' | 'none' | 'portal';
  /** Lists are refused with this code; nothing: no longer. */
  refuse?: string | null;
}

const JSON_SENT = { 'content-type': 'application/json' };

export class Stage implements Backend {
  readonly address: string;
  readonly #ears = new Map<string, Set<Ear>>();
  readonly #over = new AbortController();
  #hearing: Promise<void> | undefined;

  private constructor(address: string) {
    this.address = address;
  }

  /** Opens a stage; where a page is served, the server behind it adds the token. */
  static async open(story: string, server = '', token = ''): Promise<Stage> {
    const answer = await fetch(`${server}/stages`, {
      method: 'POST',
      headers: { ...JSON_SENT, ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify({ story }),
    });
    if (!answer.ok) throw new Error(`no stage for ${story}: ${await answer.text()}`);
    const { stage } = (await answer.json()) as { stage: string };
    return new Stage(`${server}/stages/${stage}`);
  }

  /** One that is open already, if it still is. */
  static async again(address: string): Promise<Stage | undefined> {
    return (await fetch(address)).ok ? new Stage(address) : undefined;
  }

  async call<N extends CommandName>(name: N, args: Args<N>): Promise<Result<N>> {
    const answer = await this.#post(`rpc/${name}`, args);
    const said = (await answer.json()) as { answer: Result<N> } | { refused: unknown } | { code: string };
    if ('answer' in said) return said.answer;
    throw new BackendError('refused' in said ? said.refused : said);
  }

  async on<E extends EventName>(event: E, heard: (payload: Events[E]) => void): Promise<() => void> {
    const ears = this.#ears.get(event) ?? new Set<Ear>();
    const ear = heard as Ear;
    this.#ears.set(event, ears.add(ear));
    this.#hearing ??= this.#hear();
    await this.#hearing;
    return () => void ears.delete(ear);
  }

  picture(run: number, number: number): Promise<string> {
    return Promise.resolve(`${this.address}/camera/${run}/${number}`);
  }

  /** Does something to the world around the program. */
  async script(script: Script): Promise<void> {
    const answer = await this.#post('script', script);
    if (!answer.ok) throw new Error(await answer.text());
  }

  /** Texts of codes that belong to the story. */
  async props(): Promise<unknown> {
    return (await fetch(this.address)).json();
  }

  async close(): Promise<void> {
    this.#over.abort();
    await fetch(this.address, { method: 'DELETE' });
  }

  #post(path: string, body: unknown): Promise<Response> {
    return fetch(`${this.address}/${path}`, { method: 'POST', headers: JSON_SENT, body: JSON.stringify(body) });
  }

  /** Done once the server has begun to tell. */
  async #hear(): Promise<void> {
    const answer = await fetch(`${this.address}/events`, { signal: this.#over.signal });
    if (answer.body) void this.#read(answer.body).catch(() => undefined);
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    let rest = '';
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      const told = (rest + decoder.decode(piece.value, { stream: true })).split('\n\n');
      rest = told.pop() ?? '';
      told.forEach((each) => this.#tell(each));
    }
  }

  #tell(message: string): void {
    const line = (name: string) =>
      message
        .split('\n')
        .find((each) => each.startsWith(`${name}: `))
        ?.slice(name.length + 2);
    const [event, data] = [line('event'), line('data')];
    if (event === undefined || data === undefined) return;
    for (const ear of this.#ears.get(event) ?? []) ear(JSON.parse(data));
  }
}
