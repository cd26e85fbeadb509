/**
 * Builds the gallery, opens every board in Chromium under the window's content security policy, runs axe and leaves
 * pictures in target/gallery of the repository. Fails on any violation. `CHROMIUM` names the browser when it is not in the usual place.
 */
import { createServer } from 'node:http';
import { mkdirSync, readFileSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { chromium } from 'playwright-core';
import { build } from 'vite';

const here = new URL('..', import.meta.url).pathname;
const dist = join(here, '../target/gallery/site');
const pictures = join(here, '../target/gallery');
const only = process.argv.slice(2);

/** The policy of the shipped window. */
export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' blob: data:; connect-src 'self' ipc: http://ipc.localhost";

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2' };

process.env.VITE_FAKE = '1';
await build({ root: here, logLevel: 'error', build: { outDir: dist, emptyOutDir: true } });

const server = createServer((request, response) => {
  const path = normalize(new URL(request.url, 'http://x').pathname);
  try {
    const body = readFileSync(join(dist, path === '/' ? 'index.html' : path));
    response.writeHead(200, {
      'content-type': TYPES[extname(path === '/' ? '.html' : path)] ?? 'text/html',
      'content-security-policy': POLICY,
    });
    response.end(body);
  } catch {
    response.writeHead(path === '/favicon.ico' ? 204 : 404).end();
  }
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const base = `http://127.0.0.1:${server.address().port}/`;

const BOARDS = ['today', 'compare', 'consent', 'done', 'controls', 'long'];
const LOOKS = [
  'theme=light',
  'theme=sun',
  'theme=dark',
  'theme=light&hand=left&lang=en',
  'theme=light&practice',
];
const SIZES = [
  { width: 1280, height: 800 },
  { width: 800, height: 1280 },
];

const axe = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--force-color-profile=srgb'],
});
mkdirSync(pictures, { recursive: true });
let wrong = 0;
const complain = (where, what) => {
  wrong++;
  console.error(`${where}: ${what}`);
};

for (const viewport of SIZES) {
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce' });
  const pages = BOARDS.flatMap((board) => LOOKS.map((look) => `gallery=${board}&${look}`));
  pages.push('gallery=controls&theme=light&dialog', 'gallery=controls&theme=dark&practice&dialog');
  for (const query of pages) {
    if (only.length > 0 && !only.every((part) => query.includes(part))) continue;
    const page = await context.newPage();
    const name = `${query.replaceAll(/[=&]/g, '-').replace('gallery-', '')}-${viewport.width}`;
    page.on('pageerror', (error) => complain(name, error.message));
    page.on('console', (line) => ['error', 'warning'].includes(line.type()) && complain(name, line.text()));
    await page.goto(`${base}?${query}`);
    await page.waitForSelector('main h1, [role=dialog]');
    await page.evaluate(() => document.fonts.ready);
    await page.waitForTimeout(query.includes('controls') ? 500 : 120);
    await page.screenshot({ path: join(pictures, `${name}.png`) });
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
    for (const { id, help, nodes } of violations) {
      complain(name, `${id}: ${help}\n  ${nodes.map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`).join('\n  ')}`);
    }
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    if (wide) complain(name, 'wider than the window');
    await page.close();
  }
  await context.close();
}
await browser.close();
server.close();
console.log(wrong === 0 ? 'gallery: no violations' : `gallery: ${wrong} complaints`);
process.exitCode = wrong === 0 ? 0 : 1;
