/** The development server: the real program behind the page. `cargo xtask` names it in `DEV_SERVER_PROGRAM`. */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

const HERE = new URL('../../target/debug/examples/dev-server', import.meta.url).pathname;
const PROGRAM = process.env.DEV_SERVER_PROGRAM ?? HERE;

/** Starts it; it ends when its standard input does, however this process ends. */
export async function devServer() {
  if (!existsSync(PROGRAM)) throw new Error(`there is no ${PROGRAM}: cargo build --workspace --locked --example dev-server`);
  const child = spawn(PROGRAM, { stdio: ['pipe', 'pipe', 'inherit'] });
  const line = await new Promise((said, failed) => {
    child.once('error', failed);
    child.once('exit', (code) => failed(new Error(`the development server ended with ${code}`)));
    createInterface({ input: child.stdout }).once('line', said);
  });
  const { address, token } = JSON.parse(line);
  const close = async () => {
    const ended = new Promise((done) => child.once('exit', done));
    child.stdin.end();
    await ended;
  };
  return { address, token, close };
}

/** Makes what these stories begin from, so that nobody waits for more than a copy later. */
export async function prepare({ address, token }, stories) {
  for (const story of new Set(stories)) {
    const answer = await fetch(`http://${address}/stages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ story }),
    });
    if (!answer.ok) throw new Error(`no stage for ${story}: ${await answer.text()}`);
    const { stage } = await answer.json();
    await fetch(`http://${address}/stages/${stage}`, { method: 'DELETE' });
  }
}
