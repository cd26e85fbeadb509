/**
 * Builds the page for tests and serves it under the content rules of the shipped window, with the development server behind
 * it.
 */

import { createServer, request as ask } from 'node:http';
import { readFileSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { build } from 'vite';
import { devServer, prepare } from './server.js';

export const ROOT = new URL('..', import.meta.url).pathname;

const config = JSON.parse(readFileSync(join(ROOT, '../src-tauri/tauri.conf.json'), 'utf8'));
const csp = config.app.security.csp;
/** The policy of the shipped window, and that the page may ask the server it came from: there is no window around it. */
export const POLICY = typeof csp === 'string' ? csp : Object.entries(csp).map(([name, value]) => `${name} ${[value].flat().join(' ')}`).join('; ').replace('connect-src', "connect-src 'self'");

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2' };

/** Hands a request on to the development server. */
function passOn(request, response, { address, token }) {
  const [host, port] = address.split(':');
  const headers = { ...request.headers, authorization: `Bearer ${token}` };
  const behind = ask({ host, port, path: request.url, method: request.method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  behind.on('error', () => response.destroy());
  response.on('close', () => behind.destroy());
  request.pipe(behind);
}

export async function served(name, stories) {
  const stages = await devServer();
  await prepare(stages, stories);
  const dist = join(ROOT, '../target', name, 'site');
  process.env.VITE_STORIES = '1';
  await build({ root: ROOT, logLevel: 'error', build: { outDir: dist, emptyOutDir: true } });
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/stages')) return passOn(request, response, stages);
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
  return { base: `http://127.0.0.1:${server.address().port}/`, close: () => Promise.all([server.close(), stages.close()]) };
}
