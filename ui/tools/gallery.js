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

process.env.VITE_STORIES = '1';
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

/** What only moves when somebody touches it, under the same policy. Each throws when it does not work. */
const DEEDS = {
  'gallery=controls': {
    async combobox(page) {
      const input = page.getByRole('combobox', { name: 'Phường/xã' });
      await input.click();
      await input.pressSequentially('hai chau');
      await page.getByRole('option').first().waitFor();
      expect((await page.getByRole('option').allTextContents()).map((text) => text.trim()), ['Phường Hải Châu']);
      await check(page, 'combobox open');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      expect(await input.inputValue(), 'Phường Hải Châu');
    },
    async select(page) {
      const select = page.getByLabel('Quan hệ');
      await select.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('option', { name: 'Người giám hộ' }).waitFor();
      await check(page, 'select open');
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      await select.filter({ hasText: 'Người giám hộ' }).waitFor();
    },
    async dialog(page) {
      const opener = page.getByRole('button', { name: 'Xem', exact: true });
      await opener.click();
      await page.getByRole('dialog', { name: 'Xóa bản đang làm dở?' }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await opener.evaluate((element) => element === document.activeElement), true);
    },
    async message(page) {
      await page.getByRole('button', { name: 'Lưu' }).click();
      await page.getByRole('log').getByText('Đã lưu an toàn trên máy.').waitFor();
      await check(page, 'message');
    },
    async pad(page) {
      const input = page.getByLabel('Mã mở máy');
      await page.getByRole('button', { name: 'Xóa số cuối' }).click();
      await page.getByRole('button', { name: '7', exact: true }).click();
      await input.focus();
      await page.waitForTimeout(50);
      await input.press('8');
      await input.press('x');
      expect(await input.inputValue(), '12378');
      await input.press('ArrowLeft');
      await input.press('ArrowLeft');
      await input.press('9');
      expect(await input.inputValue(), '123978');
    },
  },
  'gallery=consent': {
    async signature(page) {
      const box = await page.locator('canvas').boundingBox();
      expect(box.width >= 600 && box.height >= 200, true);
      await page.mouse.move(box.x + 60, box.y + 120);
      await page.mouse.down();
      for (let i = 0; i < 60; i++) await page.mouse.move(box.x + 60 + i * 5, box.y + 100 + 50 * Math.sin(i / 4));
      await page.mouse.up();
      await page.getByRole('img', { name: 'Đã ký' }).waitFor();
      await page.screenshot({ path: join(pictures, `signed-${page.viewportSize().width}.png`) });
      await page.getByRole('button', { name: 'Ký lại' }).click();
      await page.getByRole('img', { name: 'Đã ký' }).waitFor({ state: 'detached' });
    },
    async choosing(page) {
      await page.getByRole('radio', { name: 'Không đồng ý' }).first().focus();
      await page.keyboard.press('Space');
      for (const i of [1, 2]) await page.getByRole('radio', { name: 'Đồng ý', exact: true }).nth(i).click();
      await page.getByRole('button', { name: 'Lưu', exact: true }).waitFor();
      const answers = await page.locator('label:has(input[type=radio])').evaluateAll((all) => all.map((each) => `${each.offsetWidth}x${each.offsetHeight}`));
      expect([...new Set(answers)].length === 1 || answers, true);
    },
  },
  'gallery=long': {
    async list(page) {
      const list = page.getByRole('list');
      await page.getByRole('listitem').first().getByRole('button').focus();
      await page.keyboard.press('End');
      await page.getByText('K12/9999 ').waitFor();
      expect(await page.evaluate(() => document.activeElement.textContent.includes('K12/9999 ')), true);
      expect((await list.getByRole('listitem').count()) < 40, true);
      await page.keyboard.press('Home');
      await page.getByText('K12/0 ').waitFor();
      const slow = await list.evaluate(async (element) => {
        const times = [];
        for (let i = 0; i < 120; i++) {
          const before = performance.now();
          element.scrollTop += 997;
          await new Promise((frame) => requestAnimationFrame(frame));
          times.push(performance.now() - before);
        }
        return times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)];
      });
      console.log(`list of 10,000: 95 of 100 frames within ${slow.toFixed(0)} ms`);
    },
  },
};

function expect(seen, wanted) {
  if (JSON.stringify(seen) !== JSON.stringify(wanted)) throw new Error(`${JSON.stringify(seen)} instead of ${JSON.stringify(wanted)}`);
}

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

async function check(page, name) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }),
  );
  for (const { id, help, nodes } of violations) {
    const where = nodes.map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`);
    complain(name, `${id}: ${help}\n  ${where.join('\n  ')}`);
  }
}

function listen(page, name) {
  page.on('pageerror', (error) => complain(name, error.message));
  page.on('console', (line) => ['error', 'warning'].includes(line.type()) && complain(name, line.text()));
}

for (const viewport of SIZES) {
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce' });
  const pages = BOARDS.flatMap((board) => LOOKS.map((look) => `gallery=${board}&${look}`));
  pages.push('gallery=controls&theme=light&dialog', 'gallery=controls&theme=dark&practice&dialog');
  for (const query of pages) {
    if (only.length > 0 && !only.every((part) => query.includes(part))) continue;
    const page = await context.newPage();
    const name = `${query.replaceAll(/[=&]/g, '-').replace('gallery-', '')}-${viewport.width}`;
    listen(page, name);
    await page.goto(`${base}?${query}`);
    await page.waitForSelector('main h1, [role=dialog]');
    await page.evaluate(() => document.fonts.ready);
    await page.waitForTimeout(query.includes('controls') ? 500 : 120);
    await page.screenshot({ path: join(pictures, `${name}.png`) });
    await check(page, name);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    if (wide) complain(name, 'wider than the window');
    await page.close();
  }
  for (const [query, deeds] of Object.entries(DEEDS)) {
    for (const [deed, act] of Object.entries(deeds)) {
      if (only.length > 0 && !only.every((part) => `${query}&${deed}`.includes(part))) continue;
      const page = await context.newPage();
      page.setDefaultTimeout(5000);
      listen(page, deed);
      await page.goto(`${base}?${query}&theme=light`);
      await page.waitForSelector('main h1');
      await act(page).catch((error) => complain(`${deed}-${viewport.width}`, error.message));
      await page.close();
    }
  }
  await context.close();
}
await browser.close();
server.close();
console.log(wrong === 0 ? 'gallery: no violations' : `gallery: ${wrong} complaints`);
process.exitCode = wrong === 0 ? 0 : 1;
