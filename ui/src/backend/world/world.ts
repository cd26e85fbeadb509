/**
 * A device in memory behind {@link FakeBackend}: every command answers plausibly and remembers what was done, so that
 * each screen can be walked in a browser. Not part of the shipped window.
 */

import type {
  AppState, BoardFigures, BoardTablet, CardScan, Code, CommuneItem, Draft, Found, Household, OpenDraft, Person, Practice,
  PoolCard, Queue, Reason, RefusalCode, FieldName, Saved, Shown, State, Task, Verification,
} from '../bindings';
import { BackendError } from '../client';
import { FakeBackend } from '../fake';
import { Cards, numberOf, pools, practiceCards } from './cards';
import { checkDraft } from './form';
import { NOTICE } from './notice';
import { COMMUNES, emptyDraft, houseLine, initials, invent, mix, pick, PRACTICE, suggest, wholeDraft, type Invented } from './people';
import { Eyes, EYES } from './eyes';
import { pictureNumber, qrPicture } from './picture';
import { Printing } from './printing';

/** 23/11/2026 14:05 in Đà Nẵng: pictures of screens are the same every day. */
export const NOW = Date.UTC(2026, 10, 23, 7, 5) / 1000;
/** Of every person in the world. */
export const PIN = '246813';
const HOUR = 3600;
const DAY = 24 * HOUR;

const STATES: readonly State[] = [
  'draft', 'queued', 'received', 'accepted', 'possible_duplicate', 'refused', 'withdrawn', 'discarded', 'quarantined',
];

interface Rec {
  rid: string;
  code?: Code;
  state: State;
  name: string;
  person?: Invented;
  /** The content is no longer on the device. */
  gone: boolean;
  household: string | null;
  house: string;
  begun_at: number;
  saved_at?: number;
  received_at?: number;
  decided_at?: number;
  account?: string;
  reason?: Reason;
  revisions: number;
  changed_at: number;
  draft?: Draft;
}

/** What `?world=` can say, after `volunteer`, `coordinator` or `practice`, joined with hyphens. */
const VARIANTS = [
  'empty', 'full', 'offline', 'portal', 'paused', 'error', 'slow', 'alarm', 'hostile', 'locked', 'new', 'revoked', 'weak', 'unprinted', 'jammed',
  ...EYES,
] as const;
type Variant = (typeof VARIANTS)[number];

/** Everything that a careless page would run, render or turn round. */
export const HOSTILE = [
  '<script>window.ran=1</script>', '<img src=x onerror="window.ran=1">', '=HYPERLINK("http://x","y")', '\u202Eevil\u202C',
  '"><svg onload=window.ran=1>', '{@html window.ran=1}', "javascript:window.ran=1//'", '${window.ran=1}{{7*7}}',
] as const;

const hex = (n: number, length: number) => mix(n).toString(16).padStart(8, '0').repeat(4).slice(0, length);
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

function codeOf(n: number, practice: boolean): Code {
  const text = (practice ? 'ZZ' : '7K') + Array.from({ length: 10 }, (_, i) => ALPHABET[mix(n * 16 + i) % 32]).join('');
  return text.replace(/(....)(?=.)/g, '$1-');
}

const fold = (text: string) =>
  text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[đĐ]/g, 'd').replace(/['’]/g, '').toLowerCase();

function fail(code: string, more: object = {}): never {
  throw new BackendError({ code, ...more });
}

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
    this.#use(this.#begin());
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
      read: (n) => this.#readPerson(PRACTICE[n] ?? invent(0)),
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

  /** The records a world begins with, newest last. */
  #begin(): Rec[] {
    // Whoever coordinates rarely registers.
    if (this.#is('empty') || this.#is('new') || (this.#role === 'coordinator' && !this.#is('full'))) return [];
    const counts: [State, number][] = this.#is('full')
      ? [['accepted', 6200], ['received', 1900], ['discarded', 140], ['withdrawn', 60], ['possible_duplicate', 90], ['refused', 9], ['quarantined', 1], ['queued', 1600]]
      : [['accepted', 19], ['received', 8], ['discarded', 2], ['withdrawn', 1], ['possible_duplicate', 1], ['refused', 2], ['quarantined', 1], ['queued', 12]];
    const records: Rec[] = [];
    const total = counts.reduce((sum, [, count]) => sum + count, 0);
    const span = this.#is('full') ? 40 * DAY : 2 * DAY;
    for (const [state, count] of counts) {
      for (let k = 0; k < count; k++) records.push(this.#record(records.length, total, span, state));
    }
    records.push(this.#draftRecord());
    return records;
  }

  #record(n: number, total: number, span: number, state: State): Rec {
    const evil = this.#is('hostile');
    const person = invent(n);
    const name = evil ? pick(HOSTILE, n) : person.name;
    const home = Math.floor(n / 3);
    // Doors open between half past seven and two.
    const days = ((total - 1 - n) / total) * (span / DAY);
    const at = NOW - 600 - Math.floor(days) * DAY - Math.floor((days % 1) * 6.3 * HOUR);
    const gone = state === 'discarded' || (state === 'accepted' && n % 3 === 0) || (state === 'refused' && n % 2 === 1);
    const record: Rec = {
      rid: hex(n + 7, 32), state, name, person: evil ? { ...person, name, address: pick(HOSTILE, n + 2) } : person, gone,
      household: hex(home + 900_000, 32), house: evil ? pick(HOSTILE, n + 1) : houseLine(home),
      begun_at: at - 120, saved_at: at, revisions: state === 'refused' ? 2 : 1, changed_at: at,
    };
    if (state !== 'discarded') record.code = codeOf(n, false);
    if (['received', 'accepted', 'possible_duplicate', 'refused'].includes(state)) record.received_at = at + 900;
    if (['accepted', 'possible_duplicate', 'refused'].includes(state)) record.decided_at = at + 2400;
    if (state === 'accepted') record.account = `DN-${String(100_000 + n)}`;
    if (state === 'refused') record.reason = pick<Reason>([{ field: 'birth', code: 'birth_mismatch' }, { field: 'sex', code: 'sex_mismatch' }], n);
    return record;
  }

  #draftRecord(): Rec {
    const name = this.#is('hostile') ? HOSTILE[4] : 'Phan Văn Cường';
    return {
      rid: hex(1_234_567, 32), state: 'draft', name, gone: false, household: hex(1, 32), house: '', begun_at: NOW - 1500,
      revisions: 0, changed_at: NOW - 1500,
      draft: { ...emptyDraft(), name: { value: name, source: 'typed' }, household: hex(1, 32) },
    };
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
    ...(record.gone ? {} : { name: record.name }),
    initials: initials(record.name),
  });

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
    const known = people.find((each) => !each.gone);
    const parts = known ? [known.house, this.#draftOf(known)?.residence.group ?? ''] : [];
    return { id, address: parts.filter(Boolean).join(', '), people: people.map(this.#found), last_at: last.saved_at ?? last.begun_at };
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

  #read(text: string): CardScan {
    const empty = { found: true, draft: null, same_number: [] };
    // Telex left in the name, as a keyboard scanner behind an input method types it.
    if (/\b\w*(aa|ee|oo|dd|aw|ow)\w*\b/i.test(text.split('|')[2] ?? '')) {
      return { ...empty, reading: { status: 'error', kind: 'cccd', codes: ['input_method'], fields: {}, extra_fields: 0 } };
    }
    if (text.startsWith('vneid') || text.startsWith('00020')) {
      return { ...empty, reading: { status: 'not_a_card', kind: 'vneid', codes: [], fields: {}, extra_fields: 0 } };
    }
    const parts = text.split('|');
    if (parts.length < 6) return { ...empty, reading: { status: 'not_a_card', kind: 'unknown', codes: [], fields: {}, extra_fields: 0 } };
    const [pin = '', , name = '', birth = '', sex = '', address = '', issued = ''] = parts;
    const iso = (date: string) => (date.length === 8 ? `${date.slice(4)}-${date.slice(2, 4)}-${date.slice(0, 2)}` : date);
    return this.#readPerson({ name, pin, birth: iso(birth), sex: sex === 'Nữ' ? 'female' : 'male', address, issued: iso(issued) || null, by: 'card', commune: '', teaches: '' });
  }

  #readPerson(person: Invented): CardScan {
    const known = PRACTICE.some((each) => each.pin === person.pin);
    if (this.#practice && person.pin.slice(6, 9) !== '999') fail('real_card');
    if (!this.#practice && known && this.#role === 'coordinator') fail('practice_person');
    const damaged = person.name === 'Nguyễn Thị Thu';
    const scanned = (value: string) => ({ value, source: 'scanned' as const });
    const draft: Draft = {
      ...emptyDraft(),
      name: damaged ? null : scanned(person.name), birth: scanned(person.birth), sex: scanned(person.sex),
      pin: scanned(person.pin), card_address: damaged ? null : scanned(person.address), issued: person.issued,
    };
    const check = this.#check(draft, '');
    const codes = [
      ...(damaged ? (['no_diacritics'] as const) : []),
      ...(check.warnings.some((each) => each.code === 'sex_mismatch') ? (['sex_mismatch'] as const) : []),
    ];
    return {
      found: true,
      reading: {
        status: codes.length ? 'warning' : 'ok', kind: 'cccd', codes: [...codes],
        fields: { pin: person.pin, name: person.name, birth: { value: person.birth, precision: person.birth.length === 4 ? 'year' : 'day' }, sex: person.sex, address: person.address, ...(person.issued ? { issued: person.issued } : {}) },
        extra_fields: 0, commune: suggest(person.address),
      },
      draft,
      same_number: check.same_number,
    };
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

  #verify(text: string): Verification {
    const trimmed = text.trim();
    if (trimmed.startsWith('TNP1:') || /^P\d/.test(trimmed)) {
      try {
        const card = this.#cards.get(trimmed);
        return { kind: 'blank_card', status: card.state, card };
      } catch (error) {
        return { kind: 'blank_card', status: error instanceof BackendError ? error.code : 'internal' };
      }
    }
    if (/^TN\w*:/.test(trimmed)) {
      const status = (['revoked', 'demo', 'forged', 'unknown_signer'] as const).find((each) => trimmed.includes(each)) ?? 'valid';
      const listed_at = this.#now - 26 * 3600;
      const known = { kind: 'citizen_qr', status, ...(status === 'unknown_signer' ? { known_devices: 1 } : { known_devices: 4812, listed_at }) } as const;
      return status === 'forged' ? known : { ...known, code: codeOf(0, status === 'demo'), realm: status === 'demo' ? 'demo' : 'live', issued: '2026-11-21' };
    }
    if (trimmed.length > 24) return { kind: 'other', status: 'not_our_code' };
    const plain = trimmed.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
    if (plain.length !== 12) return { kind: 'code', status: 'code_length' };
    if ([...plain].some((each) => !ALPHABET.includes(each))) return { kind: 'code', status: 'code_character' };
    const code = plain.replace(/(....)(?=.)/g, '$1-');
    if (!this.#records.some((record) => record.code === code)) return { kind: 'code', status: 'code_mistyped' };
    return { kind: 'code', status: 'well_formed', code, realm: code.startsWith('Z') ? 'demo' : 'live' };
  }

  #board(commune: string): BoardFigures {
    const evil = this.#is('hostile');
    const tablet = (device: number, team: string, contact: number | null, unsent: number, oldest: number | null, refused: number, more: Partial<BoardTablet> = {}): BoardTablet => ({
      device, team: evil ? pick(HOSTILE, device) : team, last_contact: contact, oldest_unsent: oldest, unsent, by_state: { queued: unsent, received: 4, accepted: 120 + device, refused },
      clock_ahead: 0, program: '1.0.0', secret: 'keyring', flags: [], revoked: false, ...more,
    });
    const other = commune !== '20242';
    const devices = this.#is('empty')
      ? []
      : other
        ? [tablet(81, 'Tổ CNS 3 An Hải', NOW - 1800, 0, null, 0), tablet(82, 'Tổ CNS 4 An Hải', NOW - 90, 3, NOW - 600, 1)]
        : [
            tablet(31, 'Tổ CNS 31', NOW - 4 * DAY - 2 * HOUR, 23, NOW - 4 * DAY, 0, { program: '0.9.8' }),
            tablet(44, 'Tổ CNS 44', null, 0, null, 0, { by_state: {}, unsent: null, program: null, secret: null }),
            tablet(7, 'Tổ CNS 07', NOW - 3 * DAY - HOUR, 11, NOW - 3 * DAY - 4 * HOUR, 1, { flags: ['cloned', 'chain_broken'], secret: evil ? 'file' : 'keyring' }),
            tablet(12, 'Tổ CNS 12', NOW - 20 * HOUR - 45 * 60, 13, NOW - 6 * HOUR, 1, { secret: 'file' }),
            tablet(15, 'Tổ CNS 15', NOW - 4 * HOUR, 0, null, 0),
            tablet(22, 'Tổ CNS 22', NOW - 3 * HOUR - 24 * 60, 0, null, 2, { clock_ahead: 5400, flags: ['gaps'] }),
            tablet(3, 'Tổ CNS 03', NOW - 120, 0, null, 0),
            tablet(9, 'Tổ CNS 09', NOW - 9 * DAY, 0, null, 0, { revoked: true }),
          ];
    if (this.#is('full')) {
      for (let n = 100; n < 400; n++) devices.push(tablet(n, `Tổ CNS ${n}`, NOW - (mix(n) % DAY), mix(n) % 9, mix(n) % 9 ? NOW - (mix(n) % DAY) - 300 : null, mix(n) % 5 ? 0 : 1));
    }
    const refusals = devices.flatMap((each) =>
      Array.from({ length: each.by_state['refused'] ?? 0 }, (_, i) => ({
        rid: hex(each.device * 10 + i, 32), code: codeOf(each.device * 10 + i, false), device: each.device, team: each.team, since: NOW - (i + 1) * 5 * HOUR - (each.device % 7) * DAY,
      })),
    );
    const accepted = devices.reduce((sum, each) => sum + (each.by_state['accepted'] ?? 0), 0);
    const waiting = devices.length * 4;
    const some = devices.length > 0;
    return {
      commune, accepted, waiting, held: some ? 2 : 0, possible_duplicate: some ? 3 : 0, refused: refusals.length, withdrawn: some ? 5 : 0, unreadable: some ? 1 : 0,
      received: accepted + waiting + (some ? 11 : 0) + refusals.length, devices, refusals, pools: some && !other ? pools((team, n) => (evil ? pick(HOSTILE, n) : team)) : [],
    };
  }

  // ---- the commands

  #cardAnswers(): void {
    const owner = (rid: string) => {
      const record = this.#get(rid);
      return { rid, code: record.code ?? '', initials: initials(record.name) };
    };
    const text = ({ text, picture }: { text: string | null; picture: string | null }) => text ?? ((picture ?? '').length < 100 ? fail('no_code') : `TNP1:${numberOf(77)}`);
    const kept = (card: PoolCard): PoolCard => {
      this.#changed();
      return card;
    };
    this.answer('bind_card', (args) => kept(this.#cards.bind(owner(args.rid), text(args), this.#now)));
    this.answer('spoil_card', (args) => kept(this.#cards.spoil(text(args), this.#now)));
    this.answer('cards', () => this.#cards.account(this.#lastContact ?? NOW));
    this.answer('practice_cards', () => (this.#practice ? practiceCards() : fail('not_in_practice')));
  }

  #answers(): void {
    this.answer('state', () => this.#state());
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
        enrolled_by: person.by,
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
    this.answer('read_card', async ({ picture, text }) => {
      if (this.#phase !== 'open') fail('locked');
      if (text !== null) return this.#read(text);
      if (picture === null) fail('malformed_arguments');
      await new Promise((done) => setTimeout(done, 250));
      if (picture.length < 100) return { found: false, reading: null, draft: null, same_number: [] };
      return this.#readPerson(PRACTICE[pictureNumber(picture) ?? 0] ?? invent(0));
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
      const hits: Found[] = [];
      for (let i = this.#records.length - 1; i >= 0 && hits.length < Math.min(limit, 200); i--) {
        const record = this.#records[i] as Rec;
        if (record.state === 'draft' || record.state === 'discarded') continue;
        const hay = fold(`${record.gone ? '' : `${record.name} ${record.house} ${record.person?.pin ?? ''}`} ${record.code ?? ''}`);
        if (words.every((word) => hay.includes(word))) hits.push(this.#found(record));
      }
      return hits;
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
      if (offline && commune !== '20242') return { board: null, fetched_at: null, offline };
      return { board: this.#board(commune), fetched_at: offline ? NOW - 21 * HOUR : this.#now, offline };
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
