/**
 * One form being filled: kept with the program after every change, so that a crash or another person's turn loses
 * nothing. A correction keeps nothing until it is saved (the saved registration stays what it is).
 */

import type { Draft, DraftCheck, FieldName, Found, OpenDraft, Problem, Reason, Saved, Signer, Source, Suggested } from '../../backend/bindings';
import { BackendError, call, errorCode } from '../../backend/client';
import { addressParts } from './address';

/** Milliseconds after the last change until it is kept. */
export const KEEP_MS = 300;

/** How the person showed who they are. */
export type Way = 'scanned' | 'vneid' | 'birth_certificate' | 'by_heart' | 'typed';

/** Where the person lives, as asked on the page. */
export type Living = 'card' | 'elsewhere' | 'lodging';

type Text = 'name' | 'birth' | 'sex' | 'pin' | 'card_address';

export interface Extra {
  way?: Way;
  /** For a correction: what the city did not accept. */
  refused?: Reason | undefined;
  /** What VNeID or a birth certificate shows, in practice. */
  paper?: [string, string][];
  /** What the reading of the card is worth saying (codes). */
  notes?: readonly string[];
  /** Keeps house and place of the person before. */
  sameHouse?: boolean;
}

export const emptyDraft = (): Draft => ({
  name: null,
  birth: null,
  sex: null,
  pin: null,
  pin_again: null,
  no_number: false,
  card_address: null,
  issued: null,
  residence: { commune: null, group: null, house: null, lodging: false },
  phone: null,
  household: null,
  representative: null,
  consent: { notice: null, account: null, contact: null, help: null, read_aloud: false, signatures: [] },
  indicators: [],
});

/** What the consent page is about; everything else belongs to the page before it. */
const ON_CONSENT: ReadonlySet<FieldName> = new Set<FieldName>(['consent', 'signature']);

/** The form was dropped elsewhere (practice begun anew, an expired form, another device in hand). */
const GONE: ReadonlySet<string> = new Set(['unknown_rid', 'not_found', 'not_in_this_state', 'wrong_state', 'locked']);

export class Form {
  readonly rid: string;
  readonly correcting: boolean;
  readonly refused: Reason | undefined;
  readonly paper: readonly [string, string][];
  readonly way: Way;
  notes = $state.raw<readonly string[]>([]);
  draft = $state() as Draft;
  check = $state.raw() as DraftCheck;
  living = $state<Living>();
  /** Whether the household that was offered is theirs; undefined while nobody said. */
  joined = $state<boolean>();
  /** Somebody tried to go on: everything in the way is shown. */
  tried = $state(false);
  /** Fields somebody was in and left: what is wrong with them is shown. */
  left = $state<FieldName[]>([]);
  /** Code of why the last change could not be kept. */
  notKept = $state<string>();
  #own: string | null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dirty = false;
  #keeping: Promise<void> | undefined;
  /** Saved or erased: nothing of it is kept any more. */
  #over = false;

  constructor(open: OpenDraft, correcting: boolean, extra: Extra = {}) {
    this.rid = open.rid;
    this.correcting = correcting;
    this.refused = extra.refused;
    this.paper = extra.paper ?? [];
    this.notes = extra.notes ?? [];
    this.draft = open.draft;
    this.check = open.check;
    this.#own = open.draft.household;
    this.way = extra.way ?? wayOf(open.draft);
    this.living = this.#livingNow();
    if (this.living === undefined && !extra.sameHouse) this.#takeSuggestion();
  }

  /** A new form. It exists with the program before it is shown. */
  static async begin(draft: Draft | null, after: string | null, extra: Extra = {}): Promise<Form> {
    const form = new Form(await call('begin_draft', { draft, after }), false, { ...extra, sameHouse: after !== null });
    await form.keep();
    return form;
  }

  static async open(rid: string): Promise<Form> {
    return new Form(await call('open_draft', { rid }), false);
  }

  /** A saved registration to be corrected. Rejects with `content_gone` where the card has to be scanned again. */
  static async correct(rid: string, refused?: Reason): Promise<Form> {
    return new Form(await call('open_correction', { rid }), true, { refused });
  }

  /** The same where the device no longer holds the content: everything anew, under the same registration. */
  static async correctAnew(rid: string, scanned: Draft, refused?: Reason, notes?: readonly string[]): Promise<Form> {
    const notice = await call('notice', { number: null });
    const draft = { ...scanned, consent: { ...scanned.consent, notice: notice.version } };
    return new Form({ rid, draft, check: await call('check_correction', { rid, draft }) }, true, {
      refused,
      way: 'scanned',
      notes: notes ?? [],
    });
  }

  // ---- changing

  /** Changes something and keeps it soon. */
  change(how: (draft: Draft) => void): void {
    how(this.draft);
    this.#dirty = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.keep().catch(() => undefined), KEEP_MS);
  }

  /** A field of the paper. What was scanned and is changed by hand is `edited`. */
  write(field: Text, text: string): void {
    this.change((draft) => {
      const before = draft[field];
      if (before?.value === text) return;
      draft[field] = text.trim() === '' ? null : { value: text, source: this.#sourceAfter(field, before?.source) };
      if (field === 'pin' && draft.pin) draft.no_number = false;
    });
  }

  #sourceAfter(field: Text, before: Source | undefined): Source {
    if (before === 'scanned' || before === 'edited') return 'edited';
    if (before) return before;
    if (this.way === 'by_heart') return field === 'pin' ? 'by_heart' : 'typed';
    return this.way === 'scanned' ? 'typed' : this.way;
  }

  /** What a card gives, over what stands there. */
  scan(scanned: Draft, notes: readonly string[] = []): void {
    this.notes = notes;
    this.change((draft) => {
      for (const field of ['name', 'birth', 'sex', 'pin', 'card_address'] as const) {
        if (scanned[field]) draft[field] = scanned[field];
      }
      draft.issued = scanned.issued;
      draft.no_number = false;
      draft.pin_again = null;
    });
  }

  leave(field: FieldName): void {
    if (!this.left.includes(field)) this.left = [...this.left, field];
  }

  // ---- where the person lives

  get suggested(): readonly Suggested[] {
    return this.check.suggestion?.suggested ?? [];
  }

  /** Several communes of today fit the card: somebody has to say which. */
  get ask(): boolean {
    return Boolean(this.check.suggestion?.ask) && this.suggested.length > 1;
  }

  /** *Như trên thẻ*: commune of today, tổ and house from the line on the card. */
  liveAsOnCard(commune?: string): void {
    const line = addressParts(this.draft.card_address?.value ?? '');
    const code = commune ?? (this.ask ? null : (this.suggested[0]?.code ?? null));
    this.living = 'card';
    this.change(({ residence }) => {
      residence.commune = code;
      residence.group = line.group || residence.group;
      residence.house = line.house || residence.house;
      residence.lodging = false;
    });
  }

  /** Somewhere else, or in rented rooms: in the commune of the team unless somebody says otherwise. */
  liveElsewhere(lodging: boolean, commune: string | null): void {
    const wasCard = this.living === 'card';
    this.living = lodging ? 'lodging' : 'elsewhere';
    this.change((draft) => {
      const { residence } = draft;
      if (wasCard) [residence.group, residence.house, residence.commune] = [null, null, null];
      residence.commune ??= commune;
      residence.lodging = lodging;
      if (lodging) draft.household = this.#own;
    });
  }

  #takeSuggestion(): void {
    const one = this.suggested.find((each) => each.default) ?? (this.suggested.length === 1 ? this.suggested[0] : undefined);
    // Where the card fits several communes the question stands there at once, unanswered.
    if (this.ask) this.liveAsOnCard();
    else if (one) this.liveAsOnCard(one.code);
  }

  #livingNow(): Living | undefined {
    const { residence, card_address } = this.draft;
    if (residence.lodging) return 'lodging';
    if (!residence.commune) return undefined;
    const line = addressParts(card_address?.value ?? '');
    const fits = this.suggested.some((each) => each.code === residence.commune);
    return fits && (residence.group ?? '') === line.group ? 'card' : 'elsewhere';
  }

  /** The household that is there already; null for one of their own. */
  join(household: string | null): void {
    this.joined = household !== null;
    this.change((draft) => (draft.household = household ?? this.#own));
  }

  // ---- consent

  get signers(): readonly Signer[] {
    return this.check.signers;
  }

  /** Answers and signatures that are still missing. */
  get unanswered(): number {
    const { consent, phone } = this.draft;
    const answers = [consent.account, consent.help, ...(phone ? [consent.contact] : [])];
    return answers.filter((answer) => answer === null).length + this.signers.filter((signer) => !this.signed(signer)).length;
  }

  signed(signer: Signer): boolean {
    const signature = this.draft.consent.signatures.find((each) => each.signer === signer);
    if (!signature) return false;
    if (signature.manner === 'drawn') return (signature.strokes?.length ?? 0) > 0;
    return signature.manner !== 'witness' || signature.witness !== null;
  }

  // ---- keeping

  /** What is in the way before the consent page, or all of it. */
  problems(all = false): Problem[] {
    return this.check.problems.filter((each) => all || !ON_CONSENT.has(each.field));
  }

  /** What to say about a field now. */
  problemOf(field: FieldName): string | undefined {
    if (!this.tried && !this.left.includes(field)) return undefined;
    return this.check.problems.find((each) => each.field === field)?.code;
  }

  warningOf(field: FieldName): string | undefined {
    return this.check.warnings.find((each) => each.field === field)?.code;
  }

  get sameNumber(): readonly Found[] {
    return this.check.same_number;
  }

  /** Keeps every change now; rejects when it could not, and then nothing was lost from the page. */
  async keep(): Promise<void> {
    clearTimeout(this.#timer);
    // One at a time and in order: an older state never comes after a newer one.
    while (this.#keeping) await this.#keeping.catch(() => undefined);
    if (!this.#dirty || this.#over) return;
    this.#keeping = this.#put();
    try {
      await this.#keeping;
    } finally {
      this.#keeping = undefined;
    }
    if (this.#dirty) await this.keep();
  }

  /** Before its page goes away: rejects, so that the page stays, unless there is no such form to keep any more. */
  async settle(): Promise<void> {
    try {
      await this.keep();
    } catch (error) {
      if (!(error instanceof BackendError) || !GONE.has(error.code)) throw error;
      this.#over = true;
    }
  }

  async #put(): Promise<void> {
    this.#dirty = false;
    const args = this.#args();
    try {
      this.check = await call(this.correcting ? 'check_correction' : 'put_draft', args);
      this.notKept = undefined;
    } catch (error) {
      this.#dirty = true;
      this.notKept = errorCode(error);
      throw error;
    }
  }

  #args() {
    return { rid: this.rid, draft: $state.snapshot(this.draft) as Draft };
  }

  /** Saves it for good. Rejects with `declined` when the resident said no: then it is erased. */
  async save(): Promise<Saved> {
    clearTimeout(this.#timer);
    while (this.#keeping) await this.#keeping.catch(() => undefined);
    try {
      const saved = await call(this.correcting ? 'correct' : 'save', this.#args());
      this.#over = true;
      return saved;
    } catch (error) {
      if (error instanceof BackendError) {
        if (error.code === 'declined') this.#over = true;
        const { problems } = error.answer as { problems?: Problem[] };
        if (problems) this.check = { ...this.check, problems };
      }
      throw error;
    }
  }

  async discard(): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#keeping) await this.#keeping.catch(() => undefined);
    await call('discard_draft', { rid: this.rid });
    this.#over = true;
  }
}

function wayOf(draft: Draft): Way {
  const sources = [draft.pin, draft.name, draft.birth].map((field) => field?.source);
  if (sources.includes('scanned') || sources.includes('edited') || draft.issued) return 'scanned';
  return (['vneid', 'birth_certificate', 'by_heart'] as const).find((way) => sources.includes(way)) ?? 'typed';
}
