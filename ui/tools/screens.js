/**
 * Walks every screen and state in Chromium on the real program (the development server's stories), under the content rules
 * of the shipped window, in both languages, landscape and turned to portrait: axe in the light theme and for the colours of
 * the other two, nothing wider than the screen, pictures into target/screens. Then every story with payloads: what people wrote comes out as text
 * and nothing ran.
 *
 *     npm run screens              everything
 *     npm run screens -- queue     scenes whose name begins so
 *     npm run axe                  without pictures
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { small } from './png.js';
import { SCENES } from './scenes.js';
import { ROOT, served } from './served.js';

const LANGUAGES = ['vi', 'en'];
const THEME = 'light';
/** What another theme can spoil is colours, and they know no language: each is looked at in one, as its tablet is held. */
const COLOURS = { vi: { '800x1280': 'sun', '1280x800': 'dark' } };
const SIZES = [{ width: 1280, height: 800 }, { width: 800, height: 1280 }];
const MOST_BYTES = 60 * 1024;
const TOGETHER = 4;

const flags = process.argv.slice(2).filter((each) => each.startsWith('--'));
const only = process.argv.slice(2).filter((each) => !each.startsWith('--'));
const pictures = flags.includes('--no-pictures') ? undefined : join(ROOT, '../target/screens');
if (pictures) mkdirSync(pictures, { recursive: true });

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const found = [];
const say = (where, what) => {
  found.push(`${where}: ${what}`);
  console.log(`  ${where}: ${what}`);
};

const wanted = SCENES.filter((scene) => only.length === 0 || only.some((name) => scene.name.startsWith(name)));
const withPayloads = wanted.filter((scene) => /^(volunteer|coordinator)$/.test(scene.story));
const { base, close } = await served('screens', [...wanted.map(({ story }) => story), ...withPayloads.map(({ story }) => `${story}-hostile`)]);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });

/** A page for one walk after the other: a new one for each would start a browser's process each time. */
async function walker() {
  const context = await browser.newContext({ reducedMotion: 'reduce', timezoneId: 'Asia/Ho_Chi_Minh', locale: 'vi-VN' });
  const page = await context.newPage();
  const walking = { page, where: '' };
  // For a page that hangs, not for a machine that is busy.
  page.setDefaultTimeout(60_000);
  page.on('pageerror', (error) => say(walking.where, `error in the page: ${error.message}`));
  page.on('console', (message) => message.type() === 'error' && say(walking.where, `console: ${message.text()}`));
  return walking;
}

/** Walks to a scene on a stage of its own: nothing of a walk is in any storage of the browser. */
async function open(walking, scene, language, size, hostile = false) {
  const where = `${scene.name} ${language} ${size.width}x${size.height}${hostile ? ' hostile' : ''}`;
  const { page } = walking;
  await page.goto('about:blank');
  walking.where = where;
  await page.setViewportSize(size);
  await page.mouse.move(0, 0);
  const story = hostile ? `${scene.story}-hostile` : scene.story;
  await page.goto(`${base}?fresh&story=${story}&lang=${language}`);
  await page.waitForFunction(() => globalThis.walk !== undefined);
  await page.evaluate(() => document.fonts.ready);
  // Signed in, the first screen is started when the rest of the page has come: a step before that would be undone.
  await page.locator('.frame:not(.bare), .frame.bare h1').first().waitFor();
  for (const [i, step] of scene.steps.entries()) {
    try {
      await step(page);
    } catch (error) {
      say(where, `step ${i + 1} did not work: ${String(error.message).split('\n')[0]}`);
      break;
    }
    await page.waitForTimeout(60);
  }
  const spoken = await page.evaluate(() => document.documentElement.lang);
  if (spoken !== language) say(where, `the page speaks ${spoken}`);
  if (!scene.name.includes('loading')) await page.waitForFunction(() => !document.querySelector('.skeleton')).catch(() => say(where, 'still waiting'));
  await page.waitForTimeout(120);
  return { page, where };
}

/** Everything once; in the other themes what colours can spoil. */
async function axe(page, where, rules) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  const violations = await page.evaluate(async (only) => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'], ...(only ? { runOnly: only } : {}) });
    return violations.map((each) => `${each.id} at ${each.nodes.slice(0, 3).map((node) => node.target.join(' ')).join(', ')}`);
  }, rules);
  for (const violation of violations) say(where, violation);
}

/** Nothing is wider than the screen, no name or button is cut, every button is large enough for a finger. */
async function whole(page, where) {
  const wrong = await page.evaluate(() => {
    const out = [];
    for (const each of document.querySelectorAll('main, main .scroll, [role="dialog"], [role="list"], nav, header')) {
      if (each.scrollWidth > each.clientWidth + 1) out.push(`${each.tagName.toLowerCase()}.${each.className} is wider than its place`);
    }
    for (const each of document.querySelectorAll('button, select, input:not([type="radio"], [type="checkbox"], [type="file"])')) {
      const box = each.getBoundingClientRect();
      if (box.width === 0 || getComputedStyle(each).clipPath !== 'none' || each.closest('.visually-hidden')) continue;
      if (box.height < 47.5 || box.width < 47.5) out.push(`${each.tagName.toLowerCase()} "${each.textContent.trim().slice(0, 30)}" is ${Math.round(box.width)}x${Math.round(box.height)}`);
      if (each.scrollWidth > each.clientWidth + 2 && each.tagName === 'BUTTON') out.push(`button "${each.textContent.trim().slice(0, 30)}" is cut`);
    }
    return out;
  });
  for (const each of wrong) say(where, each);
}

/** Lying, then turned upright as a tablet is, without walking there again. */
async function look(walking, scene, language) {
  const { page } = await open(walking, scene, language, SIZES[0]);
  for (const size of SIZES) {
    walking.where = `${scene.name} ${language} ${size.width}x${size.height}`;
    await page.evaluate((to) => globalThis.walk.look.setTheme(to), THEME);
    await page.setViewportSize(size);
    await page.waitForTimeout(150);
    if (pictures) {
      const name = `${scene.name}-${language}-${size.width}x${size.height}.png`;
      writeFileSync(join(pictures, name), small(await page.screenshot({ animations: 'disabled' }), MOST_BYTES));
    }
    await whole(page, walking.where);
    await axe(page, `${walking.where} ${THEME}`);
    const colours = COLOURS[language]?.[`${size.width}x${size.height}`];
    if (!colours) continue;
    await page.evaluate((to) => globalThis.walk.look.setTheme(to), colours);
    await page.waitForTimeout(30);
    await axe(page, `${walking.where} ${colours}`, ['color-contrast']);
  }
}

/** What people wrote is text: nothing ran, no element came of it, and it can be read where it belongs. */
async function payloads(walking, scene) {
  const { page, where } = await open(walking, scene, 'vi', SIZES[0], true);
  const { ran, elements, texts } = await page.evaluate(() => ({
    ran: globalThis.ran !== undefined,
    elements: [...document.querySelectorAll('body *')]
      .filter((each) => each.getAttributeNames().some((name) => name.startsWith('on')) || each.getAttribute('src') === 'x' || (each.tagName === 'SCRIPT' && !each.src))
      .map((each) => each.outerHTML.slice(0, 80)),
    texts: document.body.textContent,
  }));
  if (ran) say(where, 'a payload ran');
  for (const each of elements) say(where, `a payload became an element: ${each}`);
  const shown = ['<script>window.ran=1</script>', '<img src=x onerror="window.ran=1">', '=HYPERLINK(', 'evil'].some((each) => texts.includes(each));
  if (scene.payload !== false && !shown) say(where, 'no payload is shown: the check checks nothing here');
  const turned = await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.data.includes('\u202E') && !node.parentElement.closest('bdi, [dir="auto"], input, script, [lang="vi"]')) return node.parentElement.outerHTML.slice(0, 120);
    }
    return undefined;
  });
  if (turned) say(where, `text that turns round is not held apart: ${turned}`);
}

const work = [
  ...wanted.flatMap((scene) => LANGUAGES.map((language) => (walking) => look(walking, scene, language))),
  ...withPayloads.map((scene) => (walking) => payloads(walking, scene)),
];
const all = work.length;
await Promise.all(
  Array.from({ length: TOGETHER }, async () => {
    const walking = await walker();
    for (let next = work.shift(); next; next = work.shift()) {
      await next(walking).catch((error) => say(walking.where, String(error.message).split('\n')[0]));
    }
  }),
);
await browser.close();
await close();
console.log(`${wanted.length} scenes, ${all} walks, ${found.length} things wrong`);
process.exit(found.length > 0 ? 1 : 0);
