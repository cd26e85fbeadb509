// Written by `cargo xtask bindings` from crates/host/src/table.rs. Do not edit: a test compares it.

export interface Commands {
  /** How the device stands; asked at start, pushed after every change as event `state`. */
  state: { args: Nothing; result: AppState };
  /** Enrols this device with an invitation of the ward. */
  enrol_device: { args: EnrolDevice; result: AppState };
  /** Judges a PIN and opens the device. */
  sign_in: { args: SignIn; result: AppState };
  /** Locks the device; drafts stay, sending goes on. */
  lock: { args: Nothing; result: AppState };
  /** Gives another person of the team a PIN on this device. */
  add_operator: { args: AddOperator; result: AppState };
  /** Changes one's own PIN. */
  change_pin: { args: ChangePin; result: Nothing };
  /** Theme, hand and language, kept for the next start; they come back with `state`. */
  set_look: { args: Look; result: Nothing };
  /** Examines the device without changing anything. */
  doctor: { args: Nothing; result: Findings };
  /** Goes to the practice device (made at the first time), locked or open. */
  enter_practice: { args: Nothing; result: AppState };
  /** Goes back to the real device, which is locked then. */
  leave_practice: { args: Nothing; result: AppState };
  /** Begins practice anew: an empty practice device. */
  reset_practice: { args: Nothing; result: AppState };
  /** The practice people with their cards. */
  practice_people: { args: Nothing; result: Array<PracticePerson> };
  /** Chooses what network and platform do in practice. */
  set_practice: { args: Practice; result: AppState };
  /** A form's notice, or the one of today, in both languages. */
  notice: { args: WhichNotice; result: NoticeText };
  /** Communes of today with their places, this device's own first. */
  communes: { args: Nothing; result: Array<CommuneItem> };
  /** Reads a card from a picture file or a scanner's text. */
  read_idcard: { args: ReadIdCard; result: IdCardScan };
  /** Cameras and serial ports that are there, and which were chosen. */
  scan_devices: { args: Nothing; result: ScanDevices };
  /** Begins to look through the camera and to listen to the hand scanner. */
  start_scan: { args: StartScan; result: ScanView };
  /** Ends a run: the camera goes off. */
  stop_scan: { args: StopScan; result: Nothing };
  /** Remembers the serial port of a hand scanner. */
  choose_scanner: { args: ChooseScanner; result: ScanDevices };
  /** Begins a form, empty or with what a card gave, or for the next person of a house. */
  begin_draft: { args: BeginDraft; result: OpenDraft };
  /** Keeps the form as it stands and says what is still in the way. */
  put_draft: { args: PutDraft; result: DraftCheck };
  /** Opens a form again. */
  open_draft: { args: ByRid; result: OpenDraft };
  /** Forms that were begun and not finished, newest first. */
  drafts: { args: Nothing; result: Array<DraftItem> };
  /** Drops a form: its content is erased at once, the count stays. */
  discard_draft: { args: ByRid; result: Nothing };
  /** Saves a finished form. */
  save: { args: PutDraft; result: Saved };
  /** Opens a saved registration as a form to be corrected. */
  open_correction: { args: ByRid; result: OpenDraft };
  /** Says what is still in the way of a correction; keeps nothing. */
  check_correction: { args: PutDraft; result: DraftCheck };
  /** Saves a correction. */
  correct: { args: PutDraft; result: Saved };
  /** The resident changed their mind, or it was the wrong person. */
  withdraw: { args: ByRid; result: Saved };
  /** Sends what had stopped once more, as it is. */
  send_again: { args: ByRid; result: Saved };
  /** One registration. */
  show: { args: ByRid; result: Shown };
  /** Makes the card as PDF and gives its place, code and QR. */
  card: { args: ByRid; result: CardFile };
  /** Judges a code, the text of a citizen QR, or a picture of one. */
  verify_code: { args: VerifyCode; result: Verification };
  /** The machine's print queues, and which was used last for what. */
  printers: { args: Nothing; result: Printers };
  /** A page of the very document that would be printed, as a picture. */
  preview: { args: PaperWanted; result: Preview };
  /** Hands paper to a print queue. */
  print_paper: { args: PrintPaper; result: PrintJob };
  /** What became of it. */
  print_job: { args: ByJob; result: PrintJob };
  /** Takes it out of the queue. */
  cancel_print: { args: ByJob; result: PrintJob };
  /** Opens the document with the system's viewer, for machines whose printing we cannot see. */
  open_paper: { args: PaperWanted; result: Nothing };
  /** Compares what was printed with what was meant, before it is handed over. */
  scan_back: { args: ScanBack; result: ScannedBack };
  /** Hands a pre-printed card to a registration: by the text of its QR or a picture of it. */
  bind_blank: { args: BindBlank; result: KnownBlank };
  /** A pre-printed card is torn, badly printed or lost: by its QR, a picture of it, or its number. */
  spoil_blank: { args: VerifyCode; result: KnownBlank };
  /** The account of pre-printed cards, and those that must be exchanged. */
  blanks: { args: Nothing; result: BlankAccount };
  /** Practice blanks. */
  practice_blanks: { args: Nothing; result: Array<PracticeBlank> };
  /** What today needs: tasks, open forms, counts. */
  today: { args: Nothing; result: Today };
  /** Registrations, newest first, in pages. */
  list: { args: List; result: Page };
  /** Finds people by name, number, phone, address or code. */
  search: { args: Search; result: Array<Found> };
  /** Households on this device, the one visited last first. */
  households: { args: Nothing; result: Array<Household> };
  /** Refused registrations that wait for a correction. */
  tasks: { args: Nothing; result: Array<Task> };
  /** Counts by state and whether they add up. */
  queue: { args: Nothing; result: Queue };
  /** Sends now, without delay. */
  sync_now: { args: Nothing; result: Nothing };
  /** Holds sending back, or lets it go on. */
  pause_sync: { args: Pause; result: AppState };
  /** The board of a commune: fresh with a network, else the last one with its age. */
  board: { args: ByCommune; result: BoardView };
}

export interface Events {
  /** The device's state changed (phase, people, sending). */
  state: AppState;
  /** Registrations, tasks or counts changed: what shows them asks again. */
  changed: Nothing;
  /** Live scanning read something or stands differently. */
  scan: ScanTold;
}

/** Every code a `Failure` can have. A newer gateway may send others. */
export type FailureCode = "already_enrolled" | "answer_altered" | "answer_mismatch" | "bad_cost" | "bad_file" | "bad_key" | "bad_row" | "bad_signature" | "broken_chain" | "busy" | "cannot_open" | "captive_portal" | "card_bound" | "card_forged" | "card_not_ours" | "card_number_form" | "card_number_mistyped" | "card_other_team" | "card_other_world" | "card_pool_unknown" | "card_spoiled" | "card_unknown" | "card_used_elsewhere" | "card_void" | "code_taken" | "commune_unknown" | "content_gone" | "corrupt" | "damaged" | "database" | "declined" | "demo_has_no_gateway" | "device_group_invalid" | "device_known" | "disk_full" | "engine" | "forbidden" | "has_a_card" | "home_exists" | "in_use" | "index_damaged" | "insecure_url" | "internal" | "invalid_url" | "invitation_expired" | "invitation_malformed" | "invitation_unknown" | "invitation_used" | "io" | "lease_over" | "locked" | "malformed" | "malformed_arguments" | "malformed_result" | "mismatch" | "newer_schema" | "no_code" | "no_home" | "no_opener_key" | "no_print_system" | "no_progress" | "no_viewer" | "nonce_used" | "not_a_picture" | "not_enrolled" | "not_found" | "not_in_practice" | "not_in_this_state" | "nothing_to_print" | "notice_unknown" | "operator_slot" | "other_content" | "other_realm" | "paper_does_not_fit" | "pin_delay" | "platform_forgot" | "platform_lost" | "practice_person" | "print_answer" | "print_denied" | "print_failed" | "print_job_unknown" | "print_queue_closed" | "print_queue_unknown" | "print_system_elsewhere" | "problems" | "real_card_in_demo" | "revoked" | "secret_exists" | "secret_inside_home" | "secret_mismatch" | "secret_missing" | "server_error" | "stepped_over" | "too_large" | "too_long" | "too_slow" | "unauthorised" | "unknown_command" | "unknown_key" | "unknown_operator" | "unknown_rid" | "unknown_version" | "unreachable" | "unsent_records" | "untrusted" | "upgrade_needed" | "vault_unavailable" | "weak_pin" | "weak_pin_date" | "weak_pin_repeated" | "weak_pin_row" | "weak_pin_year" | "withdraw_instead" | "wrong_pin" | "wrong_state";

/** Digits of every PIN that is chosen; an older one may be longer. */
export const PIN_DIGITS = 6;

/**
 * A PIN for another person of the team.
 */
export type AddOperator = { 
/**
 * Who.
 */
operator: number, 
/**
 * Their new PIN.
 */
pin: string, };

/**
 * What a person may do with a registration in a state: the same table as [`next`], for whoever shows buttons.
 */
export type Allowed = { 
/**
 * A correction may be saved.
 */
correct: boolean, 
/**
 * It may be withdrawn. Saying it again is no harm, but offers nothing.
 */
withdraw: boolean, 
/**
 * It stopped, and may be sent again as it is: after the ward said that the cause is mended.
 */
send_again: boolean, };

/**
 * How the device stands.
 */
export type AppState = { 
/**
 * Phase.
 */
phase: Phase, 
/**
 * Stable code of what keeps the device shut, in phase *trouble*.
 */
trouble: string | null, 
/**
 * World.
 */
realm: Realm, 
/**
 * Device number; 0 for practice.
 */
device: number, 
/**
 * Role.
 */
role: RoleName, 
/**
 * Team.
 */
team: string, 
/**
 * Communes of the team, five digits each.
 */
communes: Array<string>, 
/**
 * People of the team.
 */
people: Array<Person>, 
/**
 * Who works on it, while open.
 */
operator: Person | null, 
/**
 * The PIN of who works on it would not be taken today and is to be changed; false while locked.
 */
weak_pin: boolean, 
/**
 * Sending.
 */
sync: SyncView, 
/**
 * Open tasks; 0 while locked.
 */
tasks: number, 
/**
 * Forms that nobody touched for a day and that were dropped when somebody signed in.
 */
dropped_forms: number, 
/**
 * The trainer's switches, in practice.
 */
practice: Practice | null, 
/**
 * The present as well as it is known, whatever the machine's clock says: for "how long ago".
 */
now: number, 
/**
 * What the machine's clock shows, where it is known to be wrong: more than a day behind what is certain.
 */
clock_wrong: number | null, 
/**
 * How the window looks.
 */
look: Look, 
/**
 * Minutes without a touch after which the window locks itself: the city's setting.
 */
idle_minutes: number, 
/**
 * Version of the program.
 */
program: string, };

/**
 * A form is begun.
 */
export type BeginDraft = { 
/**
 * What is known already.
 */
draft: Draft | null, 
/**
 * The registration whose house and place are kept (*người tiếp theo trong nhà*).
 */
after: Rid | null, };

/**
 * A pre-printed card for a registration; one of text and picture is given.
 */
export type BindBlank = { 
/**
 * Registration.
 */
rid: Rid, 
/**
 * Text of the blank's QR, from a scanner.
 */
text: string | null, 
/**
 * A picture file's bytes, base64.
 */
picture: string | null, };

/**
 * The account of pre-printed cards, as far as this device can know it.
 */
export type BlankAccount = { 
/**
 * Blanks of the team that can still be handed out; absent before the first contact.
 */
blank?: number, 
/**
 * When the platform said so.
 */
listed_at?: number, 
/**
 * Handed out by this device.
 */
bound: number, 
/**
 * Used up by this device.
 */
spoiled: number, 
/**
 * Of these, not yet told to the platform.
 */
untold: number, 
/**
 * Blanks that must be exchanged, oldest first.
 */
tasks: Array<BlankTask>, };

/**
 * The number of a pre-printed card, without its check digits.
 */
export type BlankNumber = string;

/**
 * A blank in a resident's hands that must be exchanged.
 */
export type BlankTask = { 
/**
 * The blank.
 */
number: BlankNumber, 
/**
 * The registration, which stands.
 */
rid: Rid, 
/**
 * Its code.
 */
code: Code, 
/**
 * `N.T.H`.
 */
initials: string, 
/**
 * `card_bound`, `card_void`, ...
 */
reason: string, 
/**
 * When it was bound, by the device's clock.
 */
bound_at: number, };

/**
 * `GET /v1/communes/{code}/board` (JSON).
 */
export type Board = { 
/**
 * Commune code, five digits.
 */
commune: string, 
/**
 * When the figures were made, seconds since 1970 UTC.
 */
time: number, 
/**
 * Every registration the gateway ever received for this commune, by where it stands.
 */
registrations: BoardCounts, 
/**
 * Devices, silent ones first.
 */
devices: Array<BoardDevice>, 
/**
 * Refused registrations, the oldest decision first, at most 500. What is wrong with them only their device can read.
 */
refusals: Array<BoardRefusal>, 
/**
 * Pools of pre-printed cards of the commune's teams; a team without cards is not named.
 */
pools: Array<BoardBlanks>, };

/**
 * The account of a team's pre-printed cards.
 */
export type BoardBlanks = { 
/**
 * Team.
 */
team: string, 
/**
 * Cards ever made for it.
 */
made: number, 
/**
 * Not handed out yet.
 */
blank: number, 
/**
 * Handed to a resident.
 */
bound: number, 
/**
 * Used up.
 */
spoiled: number, 
/**
 * Called void.
 */
void: number, 
/**
 * What its devices did with cards and what did not hold: copies, cards of others, void ones. Not a number of cards.
 */
refused: number, };

/**
 * Conservation on the gateway: the parts add up to `received`.
 */
export type BoardCounts = { 
/**
 * Registrations ever received.
 */
received: number, 
/**
 * Waiting for the opener.
 */
waiting: number, 
/**
 * Held for a person to decide.
 */
held: number, 
/**
 * Accepted.
 */
accepted: number, 
/**
 * Perhaps registered before.
 */
possible_duplicate: number, 
/**
 * Refused, waiting for a correction.
 */
refused: number, 
/**
 * Withdrawn.
 */
withdrawn: number, 
/**
 * The opener cannot read them.
 */
unreadable: number, };

/**
 * One tablet.
 */
export type BoardDevice = { 
/**
 * Device number.
 */
device: number, 
/**
 * Team.
 */
team: string, 
/**
 * Last call of any kind, seconds since 1970 UTC.
 */
last_contact: number | null, 
/**
 * From its last report.
 */
oldest_unsent: number | null, 
/**
 * From its last report.
 */
unsent: number | null, 
/**
 * From its last report, by state name.
 */
by_state: { [key in string]: number }, 
/**
 * Seconds the device's clock was ahead of the server at its last report.
 */
clock_ahead: number | null, 
/**
 * Version of its program.
 */
program: string | null, 
/**
 * `keyring` or `file`.
 */
secret: string | null, 
/**
 * Of its signing key, as the device shows it: whoever compares the two knows which device took an invitation. Absent
 * in a board of before.
 */
fingerprint: string | null, 
/**
 * Its sequence has a gap, or it was cloned or restored.
 */
flags: Array<string>, 
/**
 * Revoked.
 */
revoked: boolean, };

/**
 * A registration that waits for its volunteer to correct it.
 */
export type BoardRefusal = { 
/**
 * Registration.
 */
rid: Rid, 
/**
 * Its code, to talk about it.
 */
code: Code, 
/**
 * Device that can correct it.
 */
device: number, 
/**
 * Its team.
 */
team: string, 
/**
 * When it was decided.
 */
since: number, };

/**
 * The board and how old it is.
 */
export type BoardView = { 
/**
 * The board; absent when there never was one.
 */
board: Board | null, 
/**
 * When it was fetched, seconds since 1970 UTC.
 */
fetched_at: number | null, 
/**
 * Why it could not be fetched now.
 */
offline: string | null, 
/**
 * Teams whose account of pre-printed cards does not add up.
 */
miscounted: Array<string>, };

/**
 * A commune.
 */
export type ByCommune = { 
/**
 * Five digits.
 */
commune: string, };

/**
 * A print job, by the number that `print_paper` gave.
 */
export type ByJob = { 
/**
 * Number.
 */
job: number, };

/**
 * A registration.
 */
export type ByRid = { 
/**
 * Registration.
 */
rid: Rid, };

/**
 * How the camera stands. Each but `off`, `opening` and `running` is a code with a sentence.
 */
export type CameraStatus = "off" | "opening" | "running" | "no_camera" | "camera_busy" | "camera_denied" | "camera_lost" | "camera_stalled" | "camera_black" | "camera_failed";

/**
 * The card.
 */
export type CardFile = { 
/**
 * Where the PDF lies.
 */
path: string, 
/**
 * Code.
 */
code: Code, 
/**
 * Text of the citizen QR.
 */
qr: string, 
/**
 * The QR as PNG, base64.
 */
qr_png: string, 
/**
 * The name is on it.
 */
with_name: boolean, };

/**
 * One's own PIN.
 */
export type ChangePin = { 
/**
 * Present PIN.
 */
old: string, 
/**
 * New PIN.
 */
new: string, };

/**
 * The hand scanner at a serial port, remembered.
 */
export type ChooseScanner = { 
/**
 * The port; nothing for none.
 */
port: string | null, };

/**
 * A code: 10 bits of device group and 40 random bits.
 */
export type Code = string;

/**
 * A commune of today.
 */
export type CommuneItem = { 
/**
 * Five digits.
 */
code: string, 
/**
 * `Phường Hải Châu`.
 */
name: string, 
/**
 * A point in or near it, degrees; none of a commune that is newer than the program.
 */
lat: number | null, 
/**
 * Degrees.
 */
lon: number | null, 
/**
 * One of this team's.
 */
own: boolean, };

/**
 * The form as it stands. Everything may be missing; nothing is chosen beforehand.
 */
export type Draft = { 
/**
 * Name line as on the paper.
 */
name: DraftField | null, 
/**
 * `1988-02-09`, `1938-05` or `1938`.
 */
birth: DraftField | null, 
/**
 * `male` or `female`.
 */
sex: DraftField | null, 
/**
 * Twelve digits.
 */
pin: DraftField | null, 
/**
 * The number typed a second time; needed when its source is `by_heart`.
 */
pin_again: Sensitive<string> | null, 
/**
 * The person has no number in hand (*chưa có số*): becomes a task for later.
 */
no_number: boolean, 
/**
 * Address line on the card.
 */
card_address: DraftField | null, 
/**
 * Issue date of the card, `2022-05-10`.
 */
issued: Sensitive<string> | null, 
/**
 * Where the person lives now.
 */
residence: DraftResidence, 
/**
 * Phone; none is normal.
 */
phone: DraftPhone | null, 
/**
 * Household reference, 32 hexadecimal digits; made by the device for the first person of a house.
 */
household: HouseholdId | null, 
/**
 * For somebody who is not of age: who acts.
 */
representative: DraftRepresentative | null, 
/**
 * Answers and signatures.
 */
consent: DraftConsent, 
/**
 * Keys of help given or wanted, from the ward's list; kept only with consent to purpose 3.
 */
indicators: Array<string>, };

/**
 * What is still in the way of saving, and what helps.
 */
export type DraftCheck = { 
/**
 * Everything that stops it.
 */
problems: Array<Problem>, 
/**
 * Things to look at.
 */
warnings: Array<Problem>, 
/**
 * Commune of today for the card's address.
 */
suggestion: Suggestion | null, 
/**
 * Age in completed years, where the birth date is known.
 */
age: number | null, 
/**
 * Who must sign at this age.
 */
signers: Array<Signer>, 
/**
 * Registrations of the same number on this device.
 */
same_number: Array<Found>, 
/**
 * A household at this address on this device, to be offered.
 */
household: Household | null, };

/**
 * Answers per purpose: absent means not answered yet.
 */
export type DraftConsent = { 
/**
 * Version of the notice that was shown.
 */
notice: number | null, 
/**
 * Purpose 1.
 */
account: boolean | null, 
/**
 * Purpose 2.
 */
contact: boolean | null, 
/**
 * Purpose 3.
 */
help: boolean | null, 
/**
 * The notice was read aloud.
 */
read_aloud: boolean, 
/**
 * Signatures given.
 */
signatures: Array<DraftSignature>, };

/**
 * A value with its source, as it stands in the form.
 */
export type DraftField = { 
/**
 * The text in the field.
 */
value: Sensitive<string>, 
/**
 * Where it came from.
 */
source: Source, };

/**
 * A form in a list.
 */
export type DraftItem = { 
/**
 * Registration.
 */
rid: Rid, 
/**
 * Name as far as typed.
 */
name: string, 
/**
 * Changed last, seconds since 1970 UTC.
 */
changed_at: number, };

/**
 * A phone as typed.
 */
export type DraftPhone = { 
/**
 * The digits as typed.
 */
number: Sensitive<string>, 
/**
 * Whose it is.
 */
owner: PhoneOwner, };

/**
 * Who acts for a child.
 */
export type DraftRepresentative = { 
/**
 * Name line.
 */
name: Sensitive<string>, 
/**
 * Relation to the child.
 */
relation: Relation, 
/**
 * Number of the representative, twelve digits.
 */
pin: Sensitive<string>, };

/**
 * *Nơi đang ở*.
 */
export type DraftResidence = { 
/**
 * Commune code of today, five digits.
 */
commune: string | null, 
/**
 * *Tổ* or *thôn*.
 */
group: Sensitive<string> | null, 
/**
 * House or alley line; may be empty.
 */
house: Sensitive<string> | null, 
/**
 * *Nhà trọ*: rented rooms, so the next person is not offered this household.
 */
lodging: boolean, };

/**
 * One signature or its substitute.
 */
export type DraftSignature = { 
/**
 * Who signed.
 */
signer: Signer, 
/**
 * How.
 */
manner: Manner, 
/**
 * For `drawn`: the simplified strokes, 1 to 400 bytes (x, y pairs). Coordinates only, no picture.
 */
strokes: Sensitive<Array<number>> | null, 
/**
 * For `witness`: the second operator.
 */
witness: number | null, };

/**
 * An invitation and the first PIN.
 */
export type EnrolDevice = { 
/**
 * `https://...`; may be empty where the invitation's QR carries it.
 */
gateway: string, 
/**
 * `TNI1:...`, alone or with the address after it.
 */
invitation: string, 
/**
 * The first person's PIN.
 */
pin: string, };

/**
 * What the window is told when a command did not do what was asked. A code and fields, never personal data.
 */
export type Failure = { 
/**
 * Stable code; the window has a sentence for it.
 */
code: FailureCode | (string & {}), 
/**
 * For `problems`: everything in the way.
 */
problems?: Array<Problem>, 
/**
 * Attempts left before a wrong PIN costs time.
 */
attempts_left?: number, 
/**
 * Seconds to wait.
 */
wait_seconds: number, };

/**
 * Names a part of the form; stable, used by problems, verdicts, tasks and the window.
 */
export type FieldName = "name" | "birth" | "sex" | "pin" | "card_address" | "issued" | "commune" | "group" | "house" | "phone" | "household" | "representative" | "consent" | "signature" | "indicators" | "code" | "record";

/**
 * What was found.
 */
export type Findings = { 
/**
 * Everything is as it should be.
 */
healthy: boolean, 
/**
 * Version of this program.
 */
program: string, 
/**
 * SQLite's version.
 */
sqlite: string, 
/**
 * SQLCipher's version.
 */
cipher: string, 
/**
 * Schema of the database.
 */
schema: number, 
/**
 * World.
 */
realm: Realm, 
/**
 * Where the device secret lies; `file` is weaker than `keyring`.
 */
secret: string, 
/**
 * The PIN of who asks would not be taken today and is to be changed.
 */
weak_pin: boolean, 
/**
 * Size of the database in bytes.
 */
database_bytes: number, 
/**
 * What SQLite's and SQLCipher's own checks complained about; empty is good.
 */
damage: Array<string>, 
/**
 * The audit trail's chain is unbroken.
 */
audit_chain: boolean, 
/**
 * Counts, and whether they add up.
 */
queue: Queue, 
/**
 * Sealed copies in the spool; equals the unsent envelopes.
 */
spooled: number, 
/**
 * Registrations of which something on this device cannot be read; they are sent and decided all the same.
 */
unreadable: Array<Rid>, 
/**
 * What the platform said and this device could not take in: kept, and tried again.
 */
stepped_over: number, 
/**
 * Copies of records that the database lost and could not take in again, with the platform's answer: a person decides.
 */
strays: Array<StrayCopy>, };

/**
 * One person found.
 */
export type Found = { 
/**
 * The registration.
 */
rid: Rid, 
/**
 * Its code.
 */
code?: Code, 
/**
 * Where it stands.
 */
state: State, 
/**
 * The platform has it, and a person there decides before it goes on.
 */
held?: boolean, 
/**
 * The name; absent once the content is gone.
 */
name?: string, 
/**
 * `N.T.H`.
 */
initials: string, 
/**
 * The year of birth; absent once the content is gone.
 */
birth_year?: number, 
/**
 * House and group of the residence; absent once the content is gone.
 */
address?: string, };

/**
 * The hand that holds no tablet.
 */
export type Hand = "right" | "left";

/**
 * A household on this device.
 */
export type Household = { 
/**
 * Household.
 */
id: HouseholdId, 
/**
 * Address line; empty once it is forgotten.
 */
address: string, 
/**
 * Its people, newest first.
 */
people: Array<Found>, 
/**
 * The last registration there, seconds since 1970 UTC.
 */
last_at: number, };

/**
 * One household on one device: 16 random bytes.
 */
export type HouseholdId = string;

/**
 * A birth date and how much of it the card knows.
 */
export type IdCardBirth = { 
/**
 * `1988-02-09`, `1938-05` or `1938`.
 */
value: PartialDate, 
/**
 * How much is known.
 */
precision: Precision, };

/**
 * One thing worth saying about a reading.
 */
export type IdCardCode = "too_long" | "empty" | "encoding_damaged" | "fields_shifted" | "truncated" | "too_many_fields" | "forbidden_characters" | "pin_invalid" | "name_invalid" | "date_invalid" | "sex_invalid" | "input_method" | "repaired" | "app_copy" | "field_count_unusual" | "old_id_invalid" | "address_invalid" | "no_diacritics" | "sex_mismatch" | "birth_year_mismatch" | "place_code_unknown";

/**
 * The fields of a card that could be read. `Debug` shows none of them.
 */
export type IdCardFields = { 
/**
 * Personal identification number.
 */
pin?: PersonalNumber, 
/**
 * Number of the old identity card, nine or twelve digits. Whoever makes a draft drops it: it has no purpose.
 */
old_id?: Sensitive<string>, 
/**
 * Name line, NFC.
 */
name?: PersonName, 
/**
 * Birth date.
 */
birth?: IdCardBirth, 
/**
 * Sex.
 */
sex?: Sex, 
/**
 * Address line, NFC.
 */
address?: Sensitive<string>, 
/**
 * Issue date.
 */
issued?: PartialDate, };

/**
 * What was held up.
 */
export type IdCardKind = "cccd" | "can_cuoc" | "health_insurance" | "personal_qr" | "vneid" | "unknown";

/**
 * What one delivery of a scanner was.
 */
export type IdCardReading = { 
/**
 * Whether it can be used.
 */
status: IdCardStatus, 
/**
 * What it was.
 */
kind: IdCardKind, 
/**
 * Everything worth saying, in the order in which it was noticed; empty for `ok` and `not_a_card`.
 */
codes: Array<IdCardCode>, 
/**
 * What could be read; nothing is filled in by guess.
 */
fields: IdCardFields, 
/**
 * Fields after the seventh. They concern other people without a purpose: counted, never kept.
 */
extra_fields: number, 
/**
 * Communes of today that the address can mean; a suggestion, and not where the person lives.
 */
commune?: Suggestion, };

/**
 * What a picture or text was.
 */
export type IdCardScan = { 
/**
 * A code was found in the picture.
 */
found: boolean, 
/**
 * What it said; absent when none was found.
 */
reading: IdCardReading | null, 
/**
 * The form it fills; only where the reading may be used.
 */
draft: Draft | null, 
/**
 * Registrations of the same number on this device.
 */
same_number: Array<Found>, };

/**
 * Whether a reading can be used.
 */
export type IdCardStatus = "ok" | "warning" | "error" | "not_a_card";

/**
 * Where a job stands.
 */
export type JobState = "waiting" | "printing" | "done" | "failed" | "cancelled" | "unknown";

/**
 * A pre-printed card as this device knows it.
 */
export type KnownBlank = { 
/**
 * Number.
 */
number: BlankNumber, 
/**
 * `blank`, `bound`, `spoiled`, `void`, or `used` by another tablet of the team.
 */
state: string, 
/**
 * The registration it was handed to here.
 */
rid?: Rid, 
/**
 * Its code.
 */
code?: Code, 
/**
 * The platform knows of it.
 */
told: boolean, 
/**
 * Why the platform did not take the binding: the blank must be exchanged.
 */
refused?: string, 
/**
 * When it was used, by the device's clock.
 */
changed_at?: number, };

/**
 * Language of the window.
 */
export type Language = "vi" | "en";

/**
 * A page of a list.
 */
export type List = { 
/**
 * Only these states; empty means all but drafts.
 */
states: Array<State>, 
/**
 * How many to skip.
 */
offset: number, 
/**
 * How many to give, at most 200.
 */
limit: number, };

/**
 * What lies in a printer.
 */
export type Loaded = "cards" | "roll" | "sheets";

/**
 * How the window looks.
 */
export type Look = { 
/**
 * Colours.
 */
theme: Theme, 
/**
 * What sunlight goes back to.
 */
indoors: Theme, 
/**
 * Where the buttons are.
 */
hand: Hand, 
/**
 * Language.
 */
language: Language, };

/**
 * How somebody signed. No fingerprint, no recording.
 */
export type Manner = "drawn" | "mark" | "witness" | "kept";

/**
 * No arguments, or no result: `null`.
 */
export type Nothing = null;

/**
 * The notice.
 */
export type NoticeText = { 
/**
 * Version.
 */
version: number, 
/**
 * Vietnamese, Markdown with bold only.
 */
vietnamese: string, 
/**
 * English translation.
 */
english: string, };

/**
 * A form and what is still in its way.
 */
export type OpenDraft = { 
/**
 * Registration.
 */
rid: Rid, 
/**
 * Form.
 */
draft: Draft, 
/**
 * Check.
 */
check: DraftCheck, };

/**
 * A page of registrations.
 */
export type Page = { 
/**
 * All there are.
 */
total: number, 
/**
 * This page.
 */
items: Array<Found>, };

/**
 * Kinds of paper.
 */
export type Paper = "card" | "sheet" | "slip" | "consent";

/**
 * Paper of one person, or of several (sheets).
 */
export type PaperWanted = { 
/**
 * Kind.
 */
paper: Paper, 
/**
 * Whose.
 */
rids: Array<Rid>, 
/**
 * The page to show, counted from 0.
 */
page: number, };

/**
 * A Gregorian date of known precision, 1900-01-01 ..= 2199-12-31. Text form `1988-02-09`, `1938-05` or `1938`;
 * a missing part is never filled in.
 */
export type PartialDate = string;

/**
 * Hold back or go on.
 */
export type Pause = { 
/**
 * True holds back.
 */
paused: boolean, };

/**
 * A person who may sign in.
 */
export type Person = { 
/**
 * Operator number.
 */
id: number, 
/**
 * Name.
 */
name: string, 
/**
 * Has a PIN on this device.
 */
has_pin: boolean, };

/**
 * A name line as on the paper, NFC, spaces squeezed. Holds at least one letter.
 */
export type PersonName = string;

/**
 * A personal identification number: exactly twelve ASCII digits.
 */
export type PersonalNumber = string;

/**
 * Where the device stands.
 */
export type Phase = "new" | "locked" | "open" | "lost" | "trouble";

/**
 * Whose phone it is. One phone for a family is normal and never a sign of a duplicate.
 */
export type PhoneOwner = "myself" | "family";

/**
 * The trainer's switches.
 */
export type Practice = { 
/**
 * Network.
 */
network: PracticeNetwork, 
/**
 * Platform.
 */
platform: PracticePlatform, };

/**
 * A practice blank.
 */
export type PracticeBlank = { 
/**
 * Number.
 */
number: BlankNumber, 
/**
 * Text of its QR.
 */
qr: string, 
/**
 * The practice platform will say that another tablet bound it before.
 */
copied: boolean, };

/**
 * What practice does to the network.
 */
export type PracticeNetwork = "good" | "slow" | "dropping" | "none" | "captive_portal";

/**
 * A practice person as the trainer hands them out.
 */
export type PracticePerson = { 
/**
 * Name.
 */
name: string, 
/**
 * `card`, `vneid`, `birth_certificate`, `appointment` or `nobody`.
 */
registered_by: string, 
/**
 * What this person teaches, in Vietnamese.
 */
teaches: string, 
/**
 * The card's QR as PNG (base64), for those who hand one over.
 */
card_png: string | null, 
/**
 * What VNeID or the birth certificate shows, for those without a card.
 */
paper: Array<[string, string]>, };

/**
 * What the simulated platform decides in practice.
 */
export type PracticePlatform = "rules" | "refuse" | "duplicate";

/**
 * How much of a date is known.
 */
export type Precision = "day" | "month" | "year";

/**
 * A page as a picture.
 */
export type Preview = { 
/**
 * PNG, base64.
 */
png: string, 
/**
 * Pages of the document.
 */
pages: number, };

/**
 * A print job.
 */
export type PrintJob = { 
/**
 * Number.
 */
job: number, 
/**
 * Kind of paper.
 */
paper: Paper, 
/**
 * The queue's name.
 */
queue: string, 
/**
 * Where it stands.
 */
state: JobState, 
/**
 * What is in its way.
 */
trouble: Trouble | null, };

/**
 * Paper for a queue.
 */
export type PrintPaper = { 
/**
 * Kind.
 */
paper: Paper, 
/**
 * Whose.
 */
rids: Array<Rid>, 
/**
 * The queue's name.
 */
queue: string, };

/**
 * A queue.
 */
export type PrintQueue = { 
/**
 * The system's name for it.
 */
name: string, 
/**
 * A name for people, where somebody gave one.
 */
description: string, 
/**
 * What it takes.
 */
speaks: Speaks, 
/**
 * What lies in it.
 */
loaded: Loaded, 
/**
 * Paper comes out as things stand; else `trouble` says why not.
 */
ready: boolean, 
/**
 * What is in the way.
 */
trouble: Trouble | null, 
/**
 * The system's own choice.
 */
is_default: boolean, };

/**
 * The machine's print queues.
 */
export type Printers = { 
/**
 * Queues.
 */
queues: Array<PrintQueue>, 
/**
 * The queue used last for each kind of paper, as pairs; a queue that is gone is not named.
 */
chosen: Array<[Paper, string]>, 
/**
 * Why there are none.
 */
trouble: string | null, };

/**
 * One thing that stops a draft, or that a volunteer should look at.
 */
export type Problem = { 
/**
 * Where.
 */
field: FieldName, 
/**
 * What, as a stable code.
 */
code: ProblemCode, };

/**
 * What is wrong with a field of a draft (`registration::Draft::finish`, `Draft::warnings` and the parsers of the fields).
 */
export type ProblemCode = "missing" | "date_invalid" | "birth_in_future" | "birth_too_long_ago" | "sex_invalid" | "number_and_no_number" | "type_twice" | "typed_differently" | "commune_unknown" | "own_signature_missing" | "representative_signature_missing" | "representative_missing" | "signature_empty" | "signature_too_long" | "witness_is_operator" | "witness_missing" | "notice_not_shown" | "unanswered" | "same_person" | "indicator_invalid" | "too_long" | "forbidden_characters" | "name_empty" | "name_has_digit" | "name_bad_character" | "pin_empty" | "pin_bad_character" | "pin_is_old_id" | "pin_not_12_digits" | "phone_empty" | "phone_bad_character" | "phone_too_short" | "phone_too_long" | "phone_unknown_prefix" | "phone_old_11_digits" | "phone_old_landline" | "real_card_in_demo" | "practice_person" | "prefix_doubtful" | "sex_mismatch" | "birth_year_mismatch" | "place_code_unknown";

/**
 * What a run looks for.
 */
export type Purpose = "card" | "text";

/**
 * A form as it stands.
 */
export type PutDraft = { 
/**
 * Registration.
 */
rid: Rid, 
/**
 * Form.
 */
draft: Draft, };

/**
 * Why a record stopped.
 */
export type QuarantineReason = "digest_conflict" | "unreadable" | "wrong_realm" | "stale_base";

/**
 * The queue in numbers, and whether they add up (docs/protocol.md, I10).
 */
export type Queue = { 
/**
 * Registrations ever begun.
 */
begun: number, 
/**
 * Count per state; all nine are named, also those at 0.
 */
by_state: Record<State, number>, 
/**
 * Envelopes in the outbox.
 */
unsent: number, 
/**
 * Capture time of the oldest of them, seconds since 1970 UTC.
 */
oldest_unsent?: number, 
/**
 * The counts add up to what was ever begun.
 */
conservation: boolean, 
/**
 * Envelopes that wait alone because they cannot be sent while others can.
 */
aside?: Array<SetAside>, 
/**
 * Registrations that the platform had forgotten and that were sent again.
 */
healed: number, 
/**
 * Codes of registrations that the platform has forgotten and that this device can no longer send: to be registered anew.
 */
lost: Array<Code>, };

/**
 * One of the two is given.
 */
export type ReadIdCard = { 
/**
 * A picture file's bytes, base64.
 */
picture: string | null, 
/**
 * What a scanner typed.
 */
text: string | null, };

/**
 * Which world a record belongs to. Worlds never mix: each has its own folder, keys and codes.
 */
export type Realm = "live" | "demo" | "development";

/**
 * Field and code of a refusal.
 */
export type Reason = { 
/**
 * Where.
 */
field: FieldName, 
/**
 * What.
 */
code: RefusalCode, };

/**
 * Why the opener refuses.
 */
export type RefusalCode = "name_mismatch" | "birth_mismatch" | "sex_mismatch" | "pin_unknown" | "pin_missing" | "commune_unknown" | "notice_unknown" | "consent_incomplete" | "signature_missing" | "representative_missing" | "field_invalid" | "code_taken" | "person_deceased";

/**
 * How a representative stands to the child. Grandparents are not representatives while the parents can act.
 */
export type Relation = "mother" | "father" | "guardian";

/**
 * One registration, stable through all its revisions: 16 random bytes made on the device.
 */
export type Rid = string;

/**
 * What the device is for.
 */
export type RoleName = "volunteer" | "coordinator";

/**
 * What a volunteer is told after saving.
 */
export type Saved = { 
/**
 * The registration.
 */
rid: Rid, 
/**
 * Its code.
 */
code: Code, 
/**
 * Where it stands.
 */
state: State, };

/**
 * What was read from paper; one of the two is given.
 */
export type ScanBack = { 
/**
 * Whose paper it should be.
 */
rid: Rid, 
/**
 * A picture file's bytes, base64.
 */
picture: string | null, 
/**
 * What a scanner typed.
 */
text: string | null, };

/**
 * A camera or a serial port.
 */
export type ScanDevice = { 
/**
 * Finds it again.
 */
id: string, 
/**
 * As the system calls it.
 */
name: string, };

/**
 * What can be chosen, and what is.
 */
export type ScanDevices = { 
/**
 * Cameras that are there.
 */
cameras: Array<ScanDevice>, 
/**
 * The camera used last, perhaps not there now.
 */
camera: string | null, 
/**
 * Serial ports that are there.
 */
ports: Array<ScanDevice>, 
/**
 * The hand scanner's port, perhaps not there now.
 */
port: string | null, };

/**
 * What the window is told during a run, as event `scan`.
 */
export type ScanTold = { "told": "status", 
/**
 * How.
 */
view: ScanView, } | { "told": "card", 
/**
 * The run.
 */
run: number, 
/**
 * What it was; with a draft the run has ended.
 */
scan: IdCardScan, } | { "told": "refused", 
/**
 * The run.
 */
run: number, 
/**
 * Why.
 */
code: string, } | { "told": "text", 
/**
 * The run.
 */
run: number, 
/**
 * Its text.
 */
text: string, };

/**
 * How live scanning stands.
 */
export type ScanView = { 
/**
 * The run's number.
 */
run: number, 
/**
 * The camera.
 */
camera: CameraStatus, 
/**
 * Its name, once one is chosen.
 */
device: string | null, 
/**
 * The hand scanner.
 */
scanner: ScannerStatus, };

/**
 * What paper turned out to be.
 */
export type ScannedBack = "same" | "other" | "not_ours" | "unreadable";

/**
 * How the hand scanner stands. `scanner_…` are codes with a sentence.
 */
export type ScannerStatus = "none" | "ready" | "scanner_lost" | "scanner_busy" | "scanner_denied" | "scanner_failed";

/**
 * What was typed.
 */
export type Search = { 
/**
 * Text.
 */
text: string, 
/**
 * At most so many.
 */
limit: number, };

/**
 * Personal data in transit through the program. `Debug` and `Display` print `<redacted>`;
 * serialising is allowed, because that is how it reaches the encrypted store and the sealed body.
 */
export type Sensitive<T> = T;

/**
 * An envelope that cannot be sent while others can, and so holds up none of them.
 */
export type SetAside = { 
/**
 * The registration.
 */
rid: Rid, 
/**
 * Why, as a stable code.
 */
reason: string, 
/**
 * How often it was tried.
 */
times: number, 
/**
 * When it is tried again by itself, seconds since 1970 UTC.
 */
next_at: number, };

/**
 * Sex as the card prints it.
 */
export type Sex = "male" | "female";

/**
 * One registration as this device knows it.
 */
export type Shown = { 
/**
 * The registration.
 */
rid: Rid, 
/**
 * Its code.
 */
code?: Code, 
/**
 * Where it stands.
 */
state: State, 
/**
 * What may be done with it now.
 */
allowed: Allowed, 
/**
 * `N.T.H`.
 */
initials: string, 
/**
 * Revisions made here.
 */
revisions: number, 
/**
 * Saved, seconds since 1970 UTC.
 */
saved_at?: number, 
/**
 * First receipt of the head revision.
 */
received_at?: number, 
/**
 * The platform's decision.
 */
decided_at?: number, 
/**
 * Account, where one was made.
 */
account?: string, 
/**
 * Why it was refused.
 */
reason?: Reason, 
/**
 * Why it was stopped.
 */
quarantine?: QuarantineReason, 
/**
 * Pre-printed cards it was given on this device, the one changed last first.
 */
cards?: Array<KnownBlank>, 
/**
 * The platform has it, and a person there decides before it goes on.
 */
held?: boolean, 
/**
 * Something of what this device keeps of it cannot be read; it is sent and decided all the same.
 */
unreadable?: boolean, 
/**
 * The draft that would make the same registration again; absent once the content is gone.
 */
draft?: Draft, };

/**
 * Operator and PIN.
 */
export type SignIn = { 
/**
 * Who.
 */
operator: number, 
/**
 * PIN.
 */
pin: string, };

/**
 * Who signs.
 */
export type Signer = "myself" | "representative";

/**
 * Where the value of a field came from; shown beside the field and kept with it.
 */
export type Source = "scanned" | "typed" | "edited" | "vneid" | "birth_certificate" | "by_heart";

/**
 * What a queue takes.
 */
export type Speaks = "pdf" | "esc_pos";

/**
 * The answer of a check.
 */
export type Standing = "valid" | "unknown_signer" | "revoked" | "revoked_since" | "demo" | "forged";

/**
 * Begins live scanning; a run that goes on ends.
 */
export type StartScan = { 
/**
 * What is looked for.
 */
purpose: Purpose, 
/**
 * The camera chosen now, remembered from then on; else the one used last.
 */
camera: string | null, };

/**
 * Where a registration is. Every registration ever begun is in exactly one of these (docs/protocol.md, I10).
 */
export type State = "draft" | "queued" | "received" | "accepted" | "possible_duplicate" | "refused" | "withdrawn" | "discarded" | "quarantined";

/**
 * Ends a run.
 */
export type StopScan = { 
/**
 * Its number; another run goes on.
 */
run: number, };

/**
 * A copy of a record that the database lost and went on without.
 */
export type StrayCopy = { 
/**
 * The registration, where the copy could be read.
 */
rid?: Rid, 
/**
 * The code its resident was given.
 */
code?: Code, 
/**
 * The platform's answer: `received`, `held`, `stale_base`, `digest_conflict`, `unreadable`, `wrong_realm`; or
 * `not_read`, where the copy itself cannot be read and was not sent.
 */
outcome: string, };

/**
 * One commune that an address can mean.
 */
export type Suggested = { 
/**
 * Code, in JSON as five digits.
 */
code: string, 
/**
 * `Phường Hải Châu`.
 */
name: string, 
/**
 * Chosen unless somebody says otherwise: the only one, or the one that most of a split commune went to.
 * At most one is; none is when names clash.
 */
default: boolean, };

/**
 * Communes of today that an address can mean.
 */
export type Suggestion = { 
/**
 * Most likely first; empty when the address lies elsewhere or says nothing.
 */
suggested: Array<Suggested>, 
/**
 * The address fits several: somebody must choose.
 */
ask: boolean, };

/**
 * The truth about data, for the line on top.
 */
export type SyncView = { 
/**
 * A run is going on.
 */
running: boolean, 
/**
 * Held back by a person.
 */
paused: boolean, 
/**
 * Envelopes that wait.
 */
unsent: number, 
/**
 * Stable code of what is in the way; absent when nothing is.
 */
reason: string | null, 
/**
 * When the platform last answered.
 */
last_contact: number | null, };

/**
 * Something for the volunteer to do.
 */
export type Task = { 
/**
 * The registration.
 */
rid: Rid, 
/**
 * Its code.
 */
code?: Code, 
/**
 * `N.T.H`.
 */
initials: string, 
/**
 * The field to mend.
 */
field: FieldName, 
/**
 * Why.
 */
reason: RefusalCode, 
/**
 * Since when, seconds since 1970 UTC.
 */
opened_at: number, 
/**
 * The content is still here, or came back with the refusal; otherwise the card is scanned again.
 */
content: boolean, };

/**
 * Colours of the window.
 */
export type Theme = "light" | "sun" | "dark";

/**
 * What today needs.
 */
export type Today = { 
/**
 * Saved today.
 */
saved_today: number, 
/**
 * Counts.
 */
queue: Queue, 
/**
 * Tasks, oldest first, at most 20.
 */
tasks: Array<Task>, 
/**
 * Pre-printed cards that must be exchanged, oldest first.
 */
cards: Array<BlankTask>, 
/**
 * Open forms, newest first.
 */
drafts: Array<DraftItem>, 
/**
 * Saved last, at most 10.
 */
recent: Array<Found>, 
/**
 * The platform was not heard for too long: old records are locked, and left out here.
 */
records_locked: boolean, };

/**
 * What keeps paper from coming out, in words that a volunteer can act on.
 */
export type Trouble = "offline" | "stopped" | "not_accepting" | "out_of_paper" | "jam" | "cover_open" | "out_of_ink" | "other";

/**
 * The answer.
 */
export type Verification = { "kind": "code", 
/**
 * `well_formed` or why not.
 */
status: string, 
/**
 * The code as it is written.
 */
code?: Code, 
/**
 * The world it belongs to.
 */
realm?: Realm, } | { "kind": "citizen_qr", 
/**
 * Judged with the list of device keys from the last contact.
 */
status: Standing, 
/**
 * The code it carries.
 */
code?: Code, 
/**
 * The world it says.
 */
realm?: Realm, 
/**
 * Day of issue, `yyyy-mm-dd`.
 */
issued?: string, 
/**
 * Device keys known to the verifier.
 */
known_devices: number, 
/**
 * When the platform last said that this list is whole; absent before the first time.
 */
listed_at?: number, } | { "kind": "blank_card", 
/**
 * `blank`, `bound`, `spoiled`, `void`, `used`; or why it is no card of this team: `card_forged`, ...
 */
status: string, 
/**
 * The card.
 */
card?: KnownBlank, } | { "kind": "other", 
/**
 * `not_our_code`.
 */
status: string, };

/**
 * A code, the text of a QR, or a picture of one: one of the two is given.
 */
export type VerifyCode = { 
/**
 * What was typed, or came from a scanner.
 */
text: string | null, 
/**
 * A picture file's bytes, base64.
 */
picture: string | null, };

/**
 * Which notice.
 */
export type WhichNotice = { 
/**
 * The one of a form; none for the one of today.
 */
number: number | null, };
