/**
 * A device in memory behind {@link FakeBackend}: every command answers plausibly and remembers what was done, so that
 * each screen can be walked in a browser. Not part of the shipped window.
 */

import type {
  AppState, CommuneItem, Draft, FieldName, Found, Household, Look, OpenDraft, Person, KnownBlank, Practice, Queue,
  RefusalCode, Saved, Shown, State, Task, Verification,
} from '../bindings';
import { FakeBackend } from '../fake';
import { board } from './board';
import { Cards, numberOf, practiceCards } from './blanks';
import { Eyes, EYES } from './eyes';
import { checkDraft } from './form';
import { NOTICE } from './notice';
import { COMMUNES, emptyDraft, initials, invent, mix, pick, PRACTICE, wholeDraft } from './people';
import { pictureNumber, qrPicture } from './picture';
import { Printing } from './printing';
import { read, readPerson } from './reading';
import { beginning, codeOf, DAY, fail, fold, hex, HOSTILE, HOUR, NOW, PIN, STATES, type Kind, type Rec } from './records';
import { verify } from './verify';

/** What `?world=` can say, after `volunteer`, `coordinator` or `practice`, joined with hyphens. */
const VARIANTS = [
  'empty', 'full', 'offline', 'portal', 'paused', 'error', 'slow', 'alarm', 'hostile', 'locked', 'new', 'revoked', 'weak', 'unprinted', 'jammed',
  ...EYES,
] as const;
type Variant = (typeof VARIANTS)[number];

export class World extends FakeBackend {
  readonly #variants: ReadonlySet<Variant>;
  readonly #born = performance.now();
  readonly #paper = new Printing();
  readonly #live: { phase: AppState['phase']; records: Rec[] };
  #records: Rec[] = [];
  #by = new Map<string, Rec>();
  #role: AppState['role'];
  #phase: AppState['phase'] = 'open';
  #operator = 1;
  #people: Person[];
  #practice: Practice | null = null;
  #network: Practice['network'] = 'good';
  #running = false;
  #paused = false;
  #reason: string | null = null;
  #lastContact: number | null = NOW - 20 * 60;
  #next = 50_000;
  #wrong = 0;
  /** What is before the camera. */
  readonly eyes: Eyes;
  #cards = new Cards(undefined, fail);

  constructor(name: string) {
    super();
    const [role, ...rest] = name === 'hostile' || name === 'new' || name === 'locked' ? ['volunteer', name] : name.split('-');
    this.#variants = new Set(rest.filter((each): each is Variant => (VARIANTS as readonly string[]).includes(each)));
    this.#role = role === 'coordinator' ? 'coordinator' : 'volunteer';
    const evil = this.#is('hostile');
    this.#people = [
      { id: 1, name: evil ? HOSTILE[0] : role === 'coordinator' ? 'Đỗ Thu Hà' : 'Nguyễn Văn Bình', has_pin: true },
      { id: 2, name: evil ? HOSTILE[3] : 'Lê Thị Sương', has_pin: true },
      { id: 3, name: evil ? HOSTILE[1] : 'Hà Văn Tám', has_pin: false },
    ];
    if (this.#is('slow')) this.delay = 5000;
    if (this.#is('unprinted')) this.#paper.none();
    if (this.#is('jammed')) this.#paper.empty();
    if (this.#is('offline')) [this.#network, this.#reason, this.#lastContact] = ['none', 'unreachable', NOW - 21 * HOUR];
    if (this.#is('portal')) [this.#network, this.#reason, this.#lastContact] = ['captive_portal', 'captive_portal', NOW - 3 * HOUR];
    if (this.#is('paused')) this.#paused = true;
    this.#use(beginning({ ...this.#kind, empty: this.#is('empty') || this.#is('new') }));
    if (this.#is('locked')) this.#phase = 'locked';
    if (this.#is('new')) [this.#phase, this.#people] = ['new', []];
    if (!this.#is('empty')) {
      this.#cards = new Cards(120, fail);
      const handed = this.#records.find((record) => record.state === 'accepted');
      if (handed?.code) this.#cards.refused({ rid: handed.rid, code: handed.code, initials: initials(handed.name) }, 41, NOW - 9 * HOUR);
      const holds = this.#records.find((record) => record.state === 'received');
      if (holds?.code) this.#cards.handed({ rid: holds.rid, code: holds.code, initials: initials(holds.name) }, [38, 40], holds.saved_at ?? NOW);
    }
    this.#live = { phase: 'locked', records: this.#records };
    if (role === 'practice') this.#toPractice();
    this.#answers();
    this.eyes = new Eyes(this, {
      mood: EYES.find((each) => this.#is(each)),
      open: () => this.#phase === 'open',
      read: (n) => readPerson(PRACTICE[n] ?? invent(0), this.#reader),
    });
  }

  get #kind(): Kind {
    return { empty: this.#is('empty'), full: this.#is('full'), evil: this.#is('hostile'), coordinator: this.#role === 'coordinator' };
  }

  /** What a card's text or a practice person's card is read against. */
  get #reader() {
    return { practice: this.#practice !== null, coordinator: this.#role === 'coordinator', check: (draft: Draft) => this.#check(draft, '') };
  }

  #verify(text: string): Verification {
    return verify(text, {
      now: this.#now, card: (number) => this.#cards.get(number), known: (code) => this.#records.some((record) => record.code === code),
    });
  }

  #is(variant: Variant): boolean {
    return this.#variants.has(variant);
  }

  get #now(): number {
    return NOW + Math.floor((performance.now() - this.#born) / 1000);
  }

  #use(records: Rec[]): void {
    this.#records = records;
    this.#by = new Map(records.map((record) => [record.rid, record]));
  }

  // ---- what is known about the device

  #counts(): Queue {
    const by_state = Object.fromEntries(STATES.map((state) => [state, 0])) as Record<State, number>;
    let oldest: number | undefined;
    for (const record of this.#records) {
      by_state[record.state]++;
      if (record.state === 'queued') oldest = Math.min(oldest ?? Infinity, record.saved_at ?? record.begun_at);
    }
    const begun = this.#records.length + (this.#is('alarm') ? 1 : 0);
    const queue: Queue = { begun, by_state, unsent: by_state.queued, conservation: !this.#is('alarm') };
    if (oldest !== undefined) queue.oldest_unsent = oldest;
    return queue;
  }

  look: Look = { theme: 'light', indoors: 'light', hand: 'right', language: 'vi' };

  #state(): AppState {
    const open = this.#phase === 'open';
    return {
      phase: this.#phase,
      realm: this.#practice ? 'demo' : 'live',
      device: this.#practice ? 0 : this.#phase === 'new' ? 0 : 17,
      role: this.#practice ? 'volunteer' : this.#role,
      team: this.#phase === 'new' ? '' : this.#practice ? 'Tổ luyện tập' : this.#is('hostile') ? HOSTILE[1] : this.#role === 'coordinator' ? 'Cán bộ phường' : 'Tổ CNS 12',
      communes: this.#phase === 'new' ? [] : this.#role === 'coordinator' ? ['20242', '20275'] : ['20242'],
      people: this.#practice ? [{ id: 1, name: 'Người luyện tập', has_pin: true }] : this.#people,
      operator: !open ? null : this.#practice ? { id: 1, name: 'Người luyện tập', has_pin: true } : (this.#people.find((each) => each.id === this.#operator) ?? null),
      sync: {
        running: this.#running,
        paused: this.#paused,
        unsent: this.#counts().unsent,
        reason: this.#reason,
        last_contact: this.#lastContact,
      },
      tasks: open ? this.#tasks().length : 0,
      practice: this.#practice,
      now: this.#now,
      look: this.look,
      clock_wrong: null,
      program: '1.0.0',
    };
  }

  #announce(): AppState {
    const state = this.#state();
    this.emit('state', state);
    return state;
  }

  #changed(): void {
    this.emit('changed');
    this.#announce();
    if (!this.#paused && this.#network === 'good' && !this.#is('full')) setTimeout(() => void this.#send(), 900);
  }

  #tasks(): Task[] {
    return this.#records
      .filter((record) => record.state === 'refused')
      .map((record) => ({
        rid: record.rid,
        ...(record.code ? { code: record.code } : {}),
        initials: initials(record.name),
        field: (record.reason?.field ?? 'birth') as FieldName,
        reason: (record.reason?.code ?? 'birth_mismatch') as RefusalCode,
        opened_at: record.decided_at ?? NOW,
        content: !record.gone,
      }));
  }

  #found = (record: Rec): Found => ({
    rid: record.rid,
    ...(record.code ? { code: record.code } : {}),
    state: record.state,
    ...this.#known(record),
    initials: initials(record.name),
  });

  /** What is known of somebody until their content is gone. */
  #known(record: Rec): Pick<Found, 'name' | 'birth_year' | 'address'> {
    if (record.gone) return {};
    const draft = this.#draftOf(record);
    const year = Number(draft?.birth?.value.slice(0, 4));
    const address = [record.house, draft?.residence.group ?? ''].filter(Boolean).join(', ');
    return { name: record.name, address, ...(year ? { birth_year: year } : {}) };
  }

  #get(rid: string): Rec {
    if (this.#phase !== 'open') fail('locked');
    return this.#by.get(rid) ?? fail('unknown_rid');
  }

  #open(): void {
    if (this.#phase !== 'open') fail('locked');
    if (this.#is('error')) fail('busy');
  }

  #draftOf(record: Rec): Draft | undefined {
    if (record.gone) return undefined;
    return record.draft ?? (record.person && wholeDraft(record.person, record.house, record.household ?? ''));
  }

  #check(draft: Draft, rid: string) {
    return checkDraft(draft, {
      now: this.#now,
      practice: this.#practice !== null,
      sameNumber: (pin) =>
        this.#records
          .filter((each) => each.rid !== rid && !['withdrawn', 'draft', 'discarded'].includes(each.state))
          .filter((each) => this.#draftOf(each)?.pin?.value === pin)
          .map(this.#found),
      householdAt: ({ residence }) => {
        const house = residence.house?.trim();
        if (!house || residence.lodging) return null;
        const same = this.#records.find((each) => each.rid !== rid && each.house === house && each.household);
        return same?.household ? this.#household(same.household) : null;
      },
    });
  }

  #household(id: string): Household | null {
    const people = this.#records
      .filter((each) => each.household === id && each.state !== 'draft' && each.state !== 'discarded')
      .toReversed();
    const last = people[0];
    if (!last) return null;
    const known = people.map(this.#found);
    const address = known.find((each) => each.address)?.address ?? '';
    return { id, address, people: known, last_at: last.saved_at ?? last.begun_at };
  }

  // ---- sending

  async #send(): Promise<void> {
    if (this.#running || this.#paused || this.#phase === 'new') return;
    const waiting = this.#records.filter((record) => record.state === 'queued');
    this.#running = true;
    this.#announce();
    const step = this.#network === 'slow' ? 900 : 150;
    const wait = (time: number) => new Promise((done) => setTimeout(done, time));
    if (this.#network === 'none' || this.#network === 'captive_portal') {
      await wait(500);
      this.#reason = this.#network === 'none' ? 'unreachable' : 'captive_portal';
    } else {
      await wait(step);
      const batch = Math.max(1, Math.ceil(waiting.length / 12));
      const most = this.#network === 'dropping' ? Math.ceil(waiting.length / 2) : waiting.length;
      for (let i = 0; i < most && !this.#paused; i += batch) {
        for (const record of waiting.slice(i, Math.min(i + batch, most))) {
          record.state = 'received';
          record.received_at = this.#now;
        }
        this.#announce();
        await wait(step);
      }
      this.#reason = this.#network === 'dropping' && most < waiting.length ? 'unreachable' : null;
      this.#lastContact = this.#now;
      if (waiting.length > 0) setTimeout(() => this.#decide(waiting), 1200);
    }
    this.#running = false;
    this.emit('changed');
    this.#announce();
  }

  /** The platform's decision about what was just received. */
  #decide(records: Rec[]): void {
    for (const record of records) {
      if (record.state !== 'received') continue;
      const duplicate = this.#practice?.platform === 'duplicate' || record.name === 'Trương Quốc Vinh';
      const refused = this.#practice?.platform === 'refuse' || (record.name === 'Lương Thị Diệu' && record.revisions < 2);
      record.decided_at = this.#now;
      if (refused) {
        record.state = 'refused';
        record.reason = this.#practice?.platform === 'refuse' ? { field: 'birth', code: 'birth_mismatch' } : { field: 'sex', code: 'sex_mismatch' };
      } else if (duplicate) record.state = 'possible_duplicate';
      else {
        record.state = 'accepted';
        record.account = `DN-${String(200_000 + (mix(this.#next++) % 100_000))}`;
      }
    }
    this.emit('changed');
    this.#announce();
  }

  #toPractice(): AppState {
    if (!this.#practice) this.#live.records = this.#records;
    this.#practice = { network: 'good', platform: 'rules' };
    this.#network = 'good';
    [this.#reason, this.#lastContact, this.#phase] = [null, null, 'open'];
    this.#use([]);
    return this.#announce();
  }

  #begun(draft: Draft, after: string | null): OpenDraft {
    const rid = hex(this.#next++, 32);
    const next: Draft = { ...draft, consent: { ...draft.consent, notice: 1 } };
    const before = after ? this.#get(after) : undefined;
    if (before) {
      next.household = before.household;
      const content = this.#draftOf(before);
      if (content) {
        next.residence = { ...content.residence };
        next.consent.read_aloud = content.consent.read_aloud;
      }
    }
    if (!next.household && !next.residence.lodging) next.household = hex(this.#next++, 32);
    this.#add({
      rid, state: 'draft', name: next.name?.value ?? '', gone: false, household: next.household, house: next.residence.house ?? '',
      begun_at: this.#now, changed_at: this.#now, revisions: 0, draft: next,
    });
    this.#changed();
    return { rid, draft: next, check: this.#check(next, rid) };
  }

  #add(record: Rec): void {
    this.#records.push(record);
    this.#by.set(record.rid, record);
  }

  #put(record: Rec, draft: Draft): void {
    record.draft = structuredClone(draft);
    record.name = draft.name?.value ?? '';
    record.household = draft.household;
    record.house = draft.residence.house?.trim() ?? '';
    record.changed_at = this.#now;
  }

  #saved(record: Rec): Saved {
    record.code ??= codeOf(this.#next++, this.#practice !== null);
    record.saved_at ??= this.#now;
    record.revisions++;
    record.state = 'queued';
    delete record.reason;
    this.#changed();
    return { rid: record.rid, code: record.code, state: record.state };
  }

  #finish(draft: Draft, rid: string): void {
    if (draft.consent.account === false) {
      this.#discard(rid);
      fail('declined');
    }
    const { problems } = this.#check(draft, rid);
    if (problems.length > 0) fail('problems', { problems });
  }

  #discard(rid: string): void {
    const record = this.#get(rid);
    Object.assign(record, { state: 'discarded', gone: true, draft: undefined, name: '' });
    this.#changed();
  }

  // ---- the commands

  #cardAnswers(): void {
    const owner = (rid: string) => {
      const record = this.#get(rid);
      return { rid, code: record.code ?? '', initials: initials(record.name) };
    };
    const text = ({ text, picture }: { text: string | null; picture: string | null }) => text ?? ((picture ?? '').length < 100 ? fail('no_code') : `TNP1:${numberOf(77)}`);
    const kept = (card: KnownBlank): KnownBlank => {
      this.#changed();
      return card;
    };
    this.answer('bind_blank', (args) => kept(this.#cards.bind(owner(args.rid), text(args), this.#now)));
    this.answer('spoil_blank', (args) => kept(this.#cards.spoil(text(args), this.#now)));
    this.answer('blanks', () => this.#cards.account(this.#lastContact ?? NOW));
    this.answer('practice_blanks', () => (this.#practice ? practiceCards() : fail('not_in_practice')));
  }

  #answers(): void {
    this.answer('state', () => this.#state());
    this.answer('set_look', (look) => ((this.look = look), null));
    this.answer('enrol_device', ({ invitation, pin }) => {
      if (!invitation.trim().startsWith('TNI1')) fail('invitation_unknown');
      if (/^(\d)\1+$|^123456$/.test(pin)) fail('weak_pin');
      this.#people = [{ id: 1, name: 'Nguyễn Văn Bình', has_pin: true }, { id: 2, name: 'Lê Thị Sương', has_pin: false }];
      this.#phase = 'open';
      return this.#announce();
    });
    this.answer('sign_in', ({ operator, pin }) => {
      if (this.#is('revoked')) fail('revoked');
      const person = this.#people.find((each) => each.id === operator);
      if (!person?.has_pin) fail('unknown_operator');
      if (pin !== PIN) {
        this.#wrong++;
        fail(this.#wrong > 4 ? 'pin_delay' : 'wrong_pin', this.#wrong > 4 ? { wait_seconds: 60 } : { attempts_left: 5 - this.#wrong, wait_seconds: 0 });
      }
      this.#wrong = 0;
      [this.#operator, this.#phase] = [operator, 'open'];
      this.emit('changed');
      return this.#announce();
    });
    this.answer('lock', () => {
      this.#phase = 'locked';
      return this.#announce();
    });
    this.answer('add_operator', ({ operator, pin }) => {
      if (/^(\d)\1+$|^123456$/.test(pin)) fail('weak_pin');
      if (!this.#people.some((each) => each.id === operator)) fail('unknown_operator');
      this.#people = this.#people.map((each) => (each.id === operator ? { ...each, has_pin: true } : each));
      return this.#announce();
    });
    this.answer('change_pin', ({ old, new: next }) => {
      if (old !== PIN) fail('wrong_pin', { attempts_left: 4, wait_seconds: 0 });
      if (/^(\d)\1+$|^123456$/.test(next)) fail('weak_pin');
      return null;
    });
    this.answer('doctor', () => {
      this.#open();
      const queue = this.#counts();
      const weak = this.#is('weak') || this.#is('alarm');
      return {
        healthy: !this.#is('alarm'), program: '1.0.0', sqlite: '3.50.4', cipher: '4.10.0', schema: 3,
        realm: this.#practice ? 'demo' : 'live', secret: weak ? 'file' : 'keyring', database_bytes: 4_194_304,
        damage: this.#is('alarm') ? ['page 12: checksum'] : [], audit_chain: !this.#is('alarm'), queue, spooled: queue.unsent,
      };
    });
    this.answer('enter_practice', () => this.#toPractice());
    this.answer('leave_practice', () => {
      this.#practice = null;
      this.#network = 'good';
      this.#use(this.#live.records);
      [this.#phase, this.#reason, this.#lastContact] = [this.#is('new') ? 'new' : 'locked', null, null];
      return this.#announce();
    });
    this.answer('reset_practice', () => {
      if (!this.#practice) fail('not_in_practice');
      const state = this.#toPractice();
      this.emit('changed');
      return state;
    });
    this.answer('practice_people', () =>
      PRACTICE.map((person, n) => ({
        name: person.name,
        registered_by: person.by,
        teaches: this.#is('hostile') ? pick(HOSTILE, n) : person.teaches,
        card_png: person.by === 'card' || person.by === 'appointment' || person.by === 'nobody' ? qrPicture(n) : null,
        paper: person.by === 'card' || person.by === 'appointment' || person.by === 'nobody' ? [] : [
          ['name', person.name], ['pin', person.pin], ['birth', person.birth.split('-').reverse().join('/')], ['sex', person.sex === 'male' ? 'Nam' : 'Nữ'], ['address', person.address],
        ],
      })),
    );
    this.answer('set_practice', (practice) => {
      if (!this.#practice) fail('not_in_practice');
      this.#practice = practice;
      this.#network = practice.network;
      setTimeout(() => void this.#send(), 400);
      return this.#announce();
    });
    this.answer('notice', () => NOTICE);
    this.answer('communes', () => {
      const own = this.#state().communes;
      const all: CommuneItem[] = COMMUNES.map((each) => ({ ...each, own: own.includes(each.code) }));
      return all.sort((a, b) => Number(b.own) - Number(a.own));
    });
    this.answer('read_idcard', async ({ picture, text }) => {
      if (this.#phase !== 'open') fail('locked');
      if (text !== null) return read(text, this.#reader);
      if (picture === null) fail('malformed_arguments');
      await new Promise((done) => setTimeout(done, 250));
      if (picture.length < 100) return { found: false, reading: null, draft: null, same_number: [] };
      return readPerson(PRACTICE[pictureNumber(picture) ?? 0] ?? invent(0), this.#reader);
    });
    this.answer('begin_draft', ({ draft, after }) => {
      if (this.#phase !== 'open') fail('locked');
      return this.#begun(structuredClone(draft ?? emptyDraft()), after);
    });
    this.answer('put_draft', ({ rid, draft }) => {
      const record = this.#get(rid);
      if (record.state !== 'draft') fail('not_in_this_state');
      this.#put(record, draft);
      return this.#check(draft, rid);
    });
    this.answer('open_draft', ({ rid }) => {
      const record = this.#get(rid);
      const draft = record.state === 'draft' ? record.draft : undefined;
      return draft ? { rid, draft: structuredClone(draft), check: this.#check(draft, rid) } : fail('unknown_rid');
    });
    this.answer('drafts', () => this.#drafts());
    this.answer('discard_draft', ({ rid }) => {
      this.#discard(rid);
      return null;
    });
    this.answer('save', ({ rid, draft }) => {
      const record = this.#get(rid);
      this.#finish(draft, rid);
      this.#put(record, draft);
      return this.#saved(record);
    });
    this.answer('open_correction', ({ rid }) => {
      const draft = this.#draftOf(this.#get(rid));
      return draft ? { rid, draft: structuredClone(draft), check: this.#check(draft, rid) } : fail('content_gone');
    });
    this.answer('check_correction', ({ rid, draft }) => this.#check(draft, rid));
    this.answer('correct', ({ rid, draft }) => {
      const record = this.#get(rid);
      this.#finish(draft, rid);
      this.#put(record, draft);
      return this.#saved(record);
    });
    this.answer('withdraw', ({ rid }) => {
      const record = this.#get(rid);
      if (['withdrawn', 'discarded'].includes(record.state)) fail('not_in_this_state');
      record.state = 'withdrawn';
      record.gone = true;
      this.#changed();
      return { rid, code: record.code ?? '', state: 'withdrawn' };
    });
    this.answer('show', ({ rid }): Shown => {
      const record = this.#get(rid);
      if (this.#is('error')) fail('busy');
      const { code, saved_at, received_at, decided_at, account, reason } = record;
      const draft = this.#draftOf(record);
      const cards = this.#cards.of(rid);
      return {
        rid, state: record.state, initials: initials(record.name), revisions: record.revisions,
        allowed: {
          correct: ['queued', 'received', 'accepted', 'possible_duplicate', 'refused'].includes(record.state),
          withdraw: !['draft', 'discarded', 'withdrawn'].includes(record.state),
        },
        ...(code ? { code } : {}), ...(saved_at ? { saved_at } : {}), ...(received_at ? { received_at } : {}),
        ...(decided_at ? { decided_at } : {}), ...(account ? { account } : {}), ...(reason ? { reason } : {}),
        ...(record.state === 'quarantined' ? { quarantine: 'digest_conflict' as const } : {}), ...(cards.length ? { cards } : {}), ...(draft ? { draft } : {}),
      };
    });
    this.answer('card', ({ rid }) => {
      const record = this.#get(rid);
      const code = record.code ?? fail('not_in_this_state');
      return { path: `/print/${rid}.pdf`, code, qr: `TN1:${code}`, qr_png: qrPicture(), with_name: !record.gone };
    });
    this.#paper.answers(this, (rid) => this.#get(rid).code ?? fail('not_in_this_state'));
    this.answer('verify_code', ({ text, picture }) => (text !== null ? this.#verify(text) : (picture ?? '').length < 100 ? fail('no_code') : this.#verify('TN1:valid')));
    this.#cardAnswers();
    this.answer('today', () => {
      this.#open();
      const midnight = NOW - (NOW + 7 * HOUR) % DAY;
      const saved = this.#records.filter((record) => record.saved_at !== undefined && record.state !== 'discarded');
      return {
        saved_today: saved.filter((record) => (record.saved_at ?? 0) >= midnight).length,
        queue: this.#counts(), tasks: this.#tasks().slice(0, 20), drafts: this.#drafts(),
        recent: saved.slice(-10).toReversed().map(this.#found), cards: this.#cards.tasks(),
      };
    });
    this.answer('list', ({ states, offset, limit }) => {
      this.#open();
      const wanted = new Set(states.length ? states : STATES.filter((state) => state !== 'draft' && state !== 'discarded'));
      const all = this.#records.filter((record) => wanted.has(record.state)).toReversed();
      return { total: all.length, items: all.slice(offset, offset + Math.min(limit, 200)).map(this.#found) };
    });
    this.answer('search', ({ text, limit }) => {
      this.#open();
      const words = fold(text).split(/\s+/).filter(Boolean);
      if (words.length === 0) return [];
      const [named, other]: [Found[], Found[]] = [[], []];
      for (let i = this.#records.length - 1; i >= 0 && named.length < Math.min(limit, 200); i--) {
        const record = this.#records[i] as Rec;
        if (record.state === 'draft' || record.state === 'discarded') continue;
        const name = record.gone ? '' : fold(record.name);
        const { birth_year: year = '' } = this.#known(record);
        const hay = fold(`${record.gone ? '' : `${record.name} ${record.house} ${year} ${record.person?.pin ?? ''}`} ${record.code ?? ''}`);
        if (!words.every((word) => hay.includes(word))) continue;
        (words.every((word) => name.includes(word)) ? named : other).push(this.#found(record));
      }
      return [...named, ...other].slice(0, Math.min(limit, 200));
    });
    this.answer('households', () => {
      this.#open();
      const ids = new Set<string>();
      for (let i = this.#records.length - 1; i >= 0 && ids.size < 200; i--) {
        const id = this.#records[i]?.household;
        if (id) ids.add(id);
      }
      return [...ids].flatMap((id) => this.#household(id) ?? []);
    });
    this.answer('tasks', () => {
      this.#open();
      return this.#tasks();
    });
    this.answer('queue', () => {
      this.#open();
      return this.#counts();
    });
    this.answer('sync_now', async () => {
      this.#paused = false;
      await this.#send();
      return null;
    });
    this.answer('pause_sync', ({ paused }) => {
      this.#paused = paused;
      if (!paused) setTimeout(() => void this.#send(), 400);
      return this.#announce();
    });
    this.answer('board', ({ commune }) => {
      this.#open();
      if (this.#role !== 'coordinator') fail('not_coordinator');
      const offline = this.#network === 'none' || this.#network === 'captive_portal' ? (this.#reason ?? 'unreachable') : null;
      if (offline && commune !== '20242') return { board: null, fetched_at: null, offline, miscounted: [] };
      return { board: board(commune, this.#kind), fetched_at: offline ? NOW - 21 * HOUR : this.#now, offline, miscounted: [] };
    });
  }

  #drafts() {
    if (this.#phase !== 'open') fail('locked');
    return this.#records
      .filter((record) => record.state === 'draft')
      .map(({ rid, name, changed_at }) => ({ rid, name, changed_at }))
      .toReversed();
  }
}
