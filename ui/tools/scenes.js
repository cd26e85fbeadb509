/**
 * Every screen and state of the window: which story of the development server it is seen in and how one gets there. Steps are the same in every
 * language: places of the rail by number, rows by number, buttons by their kind.
 */

const place = (n) => (page) => page.locator('nav button').nth(n).click();
const row = (n) => (page) => page.locator('main button.listrow').nth(n).click();
const click = (selector) => (page) => page.locator(selector).first().click();
const type = (selector, text) => async (page) => page.locator(selector).first().pressSequentially(text);
const key = (name) => (page) => page.keyboard.press(name);
const wait = (time) => (page) => page.waitForTimeout(time);
const press = (vi, en) => (page) => page.getByRole('button', { name: new RegExp(`^(${vi}|${en})`) }).first().click();
/** Primary buttons rest after each other. */
const rested = (page) => page.waitForFunction(() => document.documentElement.dataset.resting === undefined);
const primary = async (page) => {
  await rested(page);
  await page.locator('main button.primary, [role="dialog"] button.primary').last().click();
};
const go = (name, params = null) => (page) =>
  page.evaluate(([to, given]) => globalThis.walk.router.go(to, ...(given === null ? [] : [given])), [name, params]);
/** The page of the newest person in this state; `gone`: one whose content is no longer there. */
const person = (state, gone = false) => (page) =>
  page.evaluate(async ([wanted, erased]) => {
    const { stage, router } = globalThis.walk;
    const { items } = await stage.call('list', { states: [wanted], offset: 0, limit: 200 });
    const found = items.find((each) => (each.name === undefined) === erased) ?? items[0];
    await router.go('person', { rid: found.rid });
  }, [state, gone]);
const digits = (text) => async (page) => {
  for (const digit of text) await page.keyboard.press(digit);
};

/** The first practice person, without a phone, up to the page of consent. */
const toConsent = [
  key('F1'), wait(200), (page) => page.locator('.panel .card').nth(0).click(), wait(900),
  press('Không có số', 'No number|None|No phone'), wait(500), primary, wait(500),
];
const answer = (n, value) => (page) => page.locator(`main input[type="radio"][value="${value}"]`).nth(n).click({ force: true });
const sign = async (page) => {
  const canvas = page.locator('canvas').first();
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  await page.mouse.move(box.x + 60, box.y + 90);
  await page.mouse.down();
  for (const [x, y] of [[90, 40], [120, 110], [150, 50], [190, 100], [260, 60]]) await page.mouse.move(box.x + x, box.y + y);
  await page.mouse.up();
};

/** The page of paper of the newest person who waits to be sent. */
const toPrint = [person('queued'), wait(150), press('In thẻ', 'Print the card'), wait(300)];
const paper = (kind) => (page) => page.locator(`main input[type="radio"][value="${kind}"]`).click({ force: true });
/** A scanner types the person's own code, or another one. */
const scanned = (own) => async (page) => {
  const code = await page.evaluate(async () => {
    const { stage, router } = globalThis.walk;
    return (await stage.call('show', { rid: router.current.params.rid })).code;
  });
  await page.locator('main section input[type="text"], main section input:not([type])').first().fill(own ? code : '7KQ2-M4XA-9RTW');
  await page.keyboard.press('Enter');
};
/** The page that hands a pre-printed card to the newest waiting person. */
const toCard = (page) =>
  page.evaluate(async () => {
    const { stage, router } = globalThis.walk;
    const { items } = await stage.call('list', { states: ['queued'], offset: 0, limit: 1 });
    await router.go('prePrinted', { rid: items[0].rid, code: items[0].code });
  });

/** A text of a code that belongs to the story: `card.blank`, `verify.valid`. */
const prop = (page, path) =>
  page.evaluate(async (names) => names.reduce((held, name) => held[name], await globalThis.walk.stage.props()), path.split('.'));
/** Enters such a text as a scanner would. */
const enter = (path) => async (page) => page.locator('main input').first().fill(await prop(page, path));

/** Something done with whoever was given this pre-printed card. */
const owner = (path, to) => async (page) =>
  page.evaluate(async ([wanted, name]) => {
    const { stage, router } = globalThis.walk;
    const { items } = await stage.call('list', { states: [], offset: 0, limit: 200 });
    for (const { rid, code } of items) {
      const { cards } = await stage.call('show', { rid });
      if (cards?.some((card) => card.number === wanted)) return router.go(name, name === 'person' ? { rid } : { rid, code });
    }
    throw new Error('nobody has this card');
  }, [await prop(page, path), to]);
/** Holds the code of a card before the camera that belongs to somebody real: practice does not take it. */
const realCard = (page) =>
  page.evaluate(() => globalThis.walk.stage.script({ hold_up: '048188000123||Nguyễn Thị Thật|09021988|Nữ|Thạch Thang, Hải Châu, Đà Nẵng|10052022' }));

const scene = (name, story, ...steps) => ({ name, story, steps });

export const SCENES = [
  // opening the device
  scene('enrol', 'new'),
  scene('sign-in', 'volunteer-locked'),
  scene('today', 'volunteer'),
  scene('card-exchange', 'volunteer', wait(150), async (page) => page.getByText(await prop(page, 'card.exchange')).first().click(), wait(200)),
  scene('card-bind', 'volunteer', toCard),
  ...['forged', 'team', 'world', 'void', 'used'].map((which) => scene(`card-${which}`, 'volunteer', toCard, wait(150), enter(`card.${which}`), primary, wait(250))),
  scene('card-bound', 'volunteer', toCard, wait(150), enter('card.blank'), primary, wait(300)),
  scene('card-has-one', 'volunteer', owner('card.handed', 'prePrinted'), wait(150)),
  scene('card-practice', 'practice', ...toConsent, answer(0, 'yes'), answer(1, 'no'), sign, wait(200), primary, wait(700), click('main button.listrow'), wait(200)),
  scene('today-empty', 'volunteer-empty'),
  scene('today-offline', 'volunteer-offline'),
  scene('today-error', 'volunteer-error'),
  scene('take', 'volunteer', place(1), wait(150)),
  scene('take-none', 'volunteer-camera:none', place(1), wait(600)),
  scene('take-busy', 'volunteer-camera:busy', place(1), wait(600)),
  scene('take-denied', 'volunteer-camera:denied', place(1), wait(600)),
  scene('take-black', 'volunteer-camera:black', place(1), wait(2600)),
  scene('take-stalled', 'volunteer-camera:stalled', place(1), wait(4600)),
  scene('take-unplugged', 'volunteer-camera:lost', place(1), wait(600)),
  scene('take-scanner', 'volunteer-scanner', place(1), wait(150)),
  scene('take-refused', 'practice', place(1), wait(300), realCard, wait(1500)),
  // houses and people
  scene('households', 'volunteer', place(2)),
  scene('households-empty', 'volunteer-empty', place(2)),
  scene('households-full', 'volunteer-full', place(2)),
  scene('households-loading', 'volunteer-slow', (page) => page.locator('nav').waitFor(), place(2), wait(2300)),
  scene('households-error', 'volunteer-error', place(2)),
  scene('household', 'volunteer', place(2), row(1)),
  scene('person-queued', 'volunteer', person('queued')),
  scene('person-received', 'volunteer', person('received')),
  scene('person-accepted', 'volunteer', person('accepted')),
  scene('person-gone', 'volunteer', person('accepted', true)),
  scene('person-refused', 'volunteer', person('refused')),
  scene('person-refused-gone', 'volunteer', person('refused', true)),
  scene('person-duplicate', 'volunteer', person('possible_duplicate')),
  scene('person-quarantined', 'volunteer', person('quarantined')),
  scene('person-withdraw', 'volunteer', person('queued'), click('main footer button.danger')),
  scene('person-withdrawn', 'volunteer', person('withdrawn')),
  scene('person-card', 'volunteer', owner('card.handed', 'person'), wait(150)),
  scene('person-card-lost', 'volunteer', owner('card.handed', 'person'), press('Hỏng hoặc mất', 'Torn or lost'), wait(100)),
  scene('person-card-exchange', 'volunteer', owner('card.exchange', 'person'), wait(150)),
  // paper
  scene('print', 'volunteer', ...toPrint),
  scene('print-slip', 'volunteer', ...toPrint, paper('slip'), wait(200)),
  scene('print-consent', 'volunteer', ...toPrint, paper('consent'), wait(200)),
  scene('print-done', 'volunteer', ...toPrint, primary, wait(2600)),
  scene('print-same', 'volunteer', ...toPrint, primary, wait(2600), scanned(true), wait(200)),
  scene('print-other', 'volunteer', ...toPrint, primary, wait(2600), scanned(false), wait(200)),
  scene('print-empty', 'volunteer-jammed', ...toPrint, primary, wait(1200)),
  scene('print-none', 'volunteer-unprinted', ...toPrint),
  scene('choose-cards', 'volunteer', go('chooseCards'), wait(150)),
  scene('choose-cards-some', 'volunteer', go('chooseCards'), wait(150), press('Chọn 10', 'Choose the newest 10'), ...[10, 11].map((n) => (page) => page.locator('main input[type="checkbox"]').nth(n).check()), wait(150)),
  scene('choose-cards-empty', 'volunteer-empty', go('chooseCards'), wait(150)),
  scene('print-house', 'volunteer', place(2), row(1), press('In thẻ cả nhà', 'Print cards of the whole'), wait(300)),
  scene('print-sheet', 'volunteer', go('chooseCards'), wait(150), press('Chọn 10', 'Choose the newest 10'), ...[10, 11].map((n) => (page) => page.locator('main input[type="checkbox"]').nth(n).check()), primary, wait(300)),
  scene('search', 'volunteer', key('Control+k')),
  scene('search-found', 'volunteer-full', key('Control+k'), type('[role="dialog"] input', 'nguyen thi'), wait(150)),
  scene('search-none', 'volunteer', key('Control+k'), type('[role="dialog"] input', 'zzzz'), wait(150)),
  // what waits
  scene('queue', 'volunteer', place(3)),
  scene('queue-empty', 'volunteer-empty', place(3)),
  scene('queue-offline', 'volunteer-offline', place(3)),
  scene('queue-portal', 'volunteer-portal', place(3)),
  scene('queue-paused', 'volunteer-paused', place(3)),
  scene('queue-alarm', 'volunteer-alarm', place(3)),
  scene('queue-sending', 'volunteer-full', place(3), primary, wait(500)),
  scene('records', 'volunteer', place(3), row(0)),
  scene('records-full', 'volunteer-full', place(3), (page) => page.evaluate(() => globalThis.walk.router.go('records', { state: 'queued' }))),
  // the rest
  scene('more', 'volunteer', place(4)),
  scene('more-practice', 'volunteer', place(4), row(2)),
  scene('team', 'volunteer', go('team')),
  scene('team-pin', 'volunteer', go('team'), wait(100), click('main .listrow button')),
  scene('change-pin', 'volunteer', go('changePin')),
  scene('change-pin-refused', 'volunteer', go('changePin'), wait(100), digits('246813'), wait(50), primary, wait(100), digits('270488'), wait(50), digits('270488'), wait(600)),
  scene('weak-pin', 'volunteer-birthday'),
  scene('lease-today', 'volunteer-silent'),
  scene('lease-households', 'volunteer-silent', place(2)),
  scene('lease-search', 'volunteer-silent', key('Control+k'), type('[role="dialog"] input', 'nguyen'), wait(150)),
  scene('verify', 'volunteer', go('verify')),
  ...['valid', 'unknown_signer', 'revoked', 'demo', 'forged'].map((standing) =>
    scene(`verify-${standing.replace('_', '-')}`, 'volunteer', go('verify'), wait(100), enter(`verify.${standing}`), primary, wait(200)),
  ),
  scene('verify-mistyped', 'volunteer', go('verify'), wait(100), type('main input', '7KQ2-M4XA-9RTV'), primary, wait(100)),
  ...['blank', 'team', 'forged'].map((which) =>
    scene(`verify-card-${which}`, 'volunteer', go('verify'), wait(100), enter(which === 'blank' ? 'card.blank_number' : `card.${which}`), primary, wait(200)),
  ),
  scene('verify-other', 'volunteer', go('verify'), wait(100), type('main input', 'https://example.org/something-else'), primary, wait(100)),
  scene('scanner', 'volunteer-scanner', go('scanner'), wait(100)),
  scene('scanner-none', 'volunteer', go('scanner'), wait(100)),
  scene('doctor', 'volunteer', go('doctor')),
  scene('doctor-alarm', 'volunteer-alarm', go('doctor')),
  scene('about', 'volunteer', go('about')),
  scene('handover', 'volunteer', go('handover')),
  scene('handover-empty', 'volunteer-empty', go('handover')),
  // coordinator
  scene('area', 'coordinator'),
  scene('area-cards', 'coordinator', wait(100), (page) => page.getByRole('columnheader', { name: /^(Còn trắng|Blank)$/ }).scrollIntoViewIfNeeded()),
  scene('area-offline', 'coordinator-offline'),
  scene('area-empty', 'coordinator-empty'),
  scene('area-error', 'coordinator-error'),
  scene('area-never', 'coordinator-offline', (page) => page.locator('main input[type=radio]').nth(1).check({ force: true })),
  scene('tablets-silent', 'coordinator', wait(100), click('.figures button')),
  scene('attend', 'coordinator', place(1)),
  scene('attend-empty', 'coordinator-empty', place(1)),
  // practice and the road of one registration
  scene('practice', 'practice'),
  scene('practice-panel', 'practice', key('F1')),
  scene('practice-reset', 'practice', click('.trainer button:nth-of-type(2)')),
  scene('practice-paper', 'practice', key('F1'), wait(200), (page) => page.locator('.panel .card').nth(3).click()),
  scene('compare', 'practice', key('F1'), wait(200), (page) => page.locator('.panel .card').nth(0).click(), wait(900)),
  scene('compare-missing', 'practice', key('F1'), wait(200), (page) => page.locator('.panel .card').nth(3).click(), primary, wait(900), primary, wait(200)),
  scene('consent', 'practice', ...toConsent),
  scene('consent-declined', 'practice', ...toConsent, answer(0, 'no'), wait(200)),
  scene('consent-instead', 'practice', ...toConsent, answer(0, 'yes'), press('Không ký được', 'I cannot sign|Cannot sign'), wait(150)),
  scene('done', 'practice', ...toConsent, answer(0, 'yes'), answer(1, 'no'), sign, wait(200), primary, wait(700)),
  scene('take-practice', 'practice', place(1), wait(300)),
  scene('compare-split', 'practice', key('F1'), wait(200), (page) => page.locator('.panel .card').nth(6).click(), wait(900)),
  scene('compare-warning', 'practice', key('F1'), wait(200), (page) => page.locator('.panel .card').nth(11).click(), wait(900)),
  scene('compare-child', 'practice', key('F1'), wait(200), (page) => page.locator('.panel .card').nth(3).click(), primary, wait(900)),
];

export const steps = { place, row, click, type, key, wait, press, primary, go, person, digits, rested };
