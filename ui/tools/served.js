/** Builds the window with the fake backend and serves it under the content rules of the shipped one. */

import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { build } from 'vite';

export const ROOT = new URL('..', import.meta.url).pathname;

const config = JSON.parse(readFileSync(join(ROOT, '../src-tauri/tauri.conf.json'), 'utf8'));
const csp = config.app.security.csp;
/** The policy of the shipped window. */
export const POLICY = typeof csp === 'string' ? csp : Object.entries(csp).map(([name, value]) => `${name} ${[value].flat().join(' ')}`).join('; ');

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2' };

export async function served(name) {
  const dist = join(ROOT, '../target', name, 'site');
  process.env.VITE_FAKE = '1';
  await build({ root: ROOT, logLevel: 'error', build: { outDir: dist, emptyOutDir: true } });
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url, 'http://x').pathname);
    const file = path === '/' ? '/index.html' : path;
    try {
      const body = readFileSync(join(dist, file));
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'content-security-policy': POLICY });
      response.end(body);
    } catch {
      response.writeHead(path === '/favicon.ico' ? 204 : 404).end();
    }
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return { base: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}
