import { count } from '../shared/format';
import { codes } from './codes.en';
import { register } from './register.en';
import type { Words } from './vi';

const n = (value: number) => count(value, 'en');
const s = (value: number, one: string, many = `${one}s`) => `${n(value)} ${value === 1 ? one : many}`;

const safeOnDevice = 'Every record is still safe on this device.';

export const en: Words = {
  product: 'Từng Nhà',
  city: 'Đà Nẵng City',

  places: {
    label: 'Main places',
    today: 'Today',
    register: 'Register',
    households: 'Households',
    queue: 'Waiting',
    more: 'More',
    area: 'Area',
    attend: 'To attend',
    reports: 'Reports',
  },

  frame: {
    skip: 'Skip to the main content',
    switchOperator: 'Switch person',
    sun: 'Sunlight',
    openQueue: 'Open Waiting',
    practice: 'PRACTICE',
    practiceHint: 'This is practice. Nothing here is real.',
    practicePaper: 'PRACTICE – NOT VALID',
  },

  truth: {
    online: 'Connected',
    offline: 'No network',
    portal: 'This Wi-Fi asks for a sign-in',
    clockWrong: (shown: string) => `This device's clock is wrong (${shown}). Registering still works; please set the time`,
    sending: (done, all) => `Sending ${n(done)} of ${s(all, 'record')}`,
    waiting: (waiting) => `${s(waiting, 'record')} waiting`,
    nothingWaiting: 'nothing waiting',
    safe: 'safe on this device',
    figuresAt: (time) => `Figures of ${time}`,
  },

  action: {
    next: 'Continue',
    back: 'Back',
    save: 'Save',
    cancel: 'Never mind',
    close: 'Close',
    clear: 'Clear',
    retry: 'Try again',
    search: 'Search',
    choose: 'Choose',
    choosePicture: 'Choose a picture',
    find: 'Type to find',
    show: 'Show',
    hide: 'Hide',
    erase: 'Erase last digit',
    capital: 'Capital letter',
  },

  steps: { label: 'Steps', scan: 'Scan card', compare: 'Compare', consent: 'Consent', done: 'Done', did: 'done' },

  source: {
    label: 'Source',
    scanned: 'scanned',
    typed: 'typed',
    edited: 'edited',
    vneid: 'VNeID',
    birth_certificate: 'birth certificate',
    by_heart: 'by heart',
  },

  state: {
    draft: 'Unfinished',
    queued: 'Waiting to be sent',
    received: 'Received by the city',
    accepted: 'Account made',
    possible_duplicate: 'Maybe registered before',
    refused: 'To be corrected',
    withdrawn: 'Withdrawn',
    discarded: 'Discarded',
    quarantined: 'Sending paused',
  },

  situation: {
    recorded: 'The registration is recorded. The city checks it before making the account.',
    saved: 'Saved safely on this device. It is sent by itself when there is a network.',
    received: (time, date) => `The city received it at ${time}, ${date}. It is being checked.`,
    accepted: 'The digital citizen account is ready.',
    possibleDuplicate:
      'Maybe registered before. The ward officer will check. The resident need not do anything more.',
    refused: (why) => `To be corrected: ${why} Press to see how.`,
    refusedGone: (initials, where, why) => `To be visited again: ${initials}, ${where}. ${why} Scan the card again.`,
    quarantined: 'Sending this record is paused for a check. Nothing of it is lost.',
    captivePortal:
      'This Wi-Fi asks for a sign-in. Nothing could be sent; everything is still on this device. Use another network.',
    sexDiffers:
      'The sex on the card differs from the personal number. Look at the card again; if it says so, just continue.',
    vneidShown:
      'This is a code in VNeID, which cannot be read here. Scan the code on the card, or press "Enter from VNeID".',
    diskNearlyFull:
      'The device is nearly full. This record is still saved. Send, or copy to USB, before registering more.',
    wrongPin: (left) =>
      `That is not the device PIN. ${s(left, 'try', 'tries')} left. After that ask the ward officer; no record is lost.`,
    lostDevice: (phone) =>
      `The ward has locked this device. Records not yet sent are still here, encrypted. If you found it, please call ${phone}.`,
    realCardInPractice: 'This is a real card. The device is in practice, so nothing is saved. Leave practice to register.',
    declined: 'The resident did not agree. What was just scanned is erased at once.',
  },

  when: {
    now: 'just now',
    minutes: (minutes) => `${s(minutes, 'minute')} ago`,
    today: (time) => `today ${time}`,
    yesterday: (time) => `yesterday ${time}`,
    days: (days) => `${s(days, 'day')} ago`,
    never: 'never',
  },
  weekday: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],

  count: {
    records: (records) => s(records, 'record'),
    people: (people) => s(people, 'person', 'people'),
    houses: (houses) => s(houses, 'house'),
    left: (left) => `${n(left)} still to choose`,
    row: (row, all) => `${n(row)} of ${n(all)}`,
  },

  pad: { label: 'Number pad', digits: (digits) => s(digits, 'digit') },

  keys: { label: 'Vietnamese letters' },

  signature: {
    label: 'Signature box',
    hint: 'Sign with a finger',
    again: 'Sign again',
    cannot: 'Cannot sign',
    signed: 'Signed',
    keyboard: 'If signing with a finger is not possible, press "Cannot sign".',
  },

  number: { hidden: (end) => `Personal number ending in ${end}`, show: 'Show the whole number', hide: 'Mask the number' },

  loading: 'Opening…',
  noMatch: 'Nothing found. Try fewer letters.',
  messagesLabel: 'Messages',

  look: {
    title: 'Screen',
    theme: 'Light',
    light: 'Light',
    sun: 'In sunlight',
    dark: 'Dark',
    hand: 'Hand',
    right: 'Right hand',
    left: 'Left hand',
    language: 'Language',
  },

  unknownProblem: (code) =>
    `Something could not be done. What is on this device is intact. If it happens again, tell the ward officer this code: ${code}.`,

  register,

  problems: {
    ...codes,
    missing: 'This is still empty.',
    problems: 'Some entries need another look. Press each one to correct it.',
    date_invalid: 'There is no such date. Type day/month/year, or only the year if the paper shows only that.',
    birth_in_future: 'A birth date cannot be after today.',
    birth_too_long_ago: 'The birth year is too long ago. Look at the paper again.',
    name_invalid: "A name has letters, spaces, ' and hyphens only. Type it as on the paper.",
    pin_invalid: 'A personal number has exactly 12 digits.',
    number_and_no_number: 'There is a number and "no number" is chosen. Keep one.',
    type_twice: 'Type the number a second time to be sure.',
    typed_differently: 'The two differ. Listen again and retype.',
    sex_invalid: 'Choose male or female.',
    phone_invalid: 'Not a phone number. A mobile number has 10 digits and begins with 03, 05, 07, 08 or 09.',
    prefix_doubtful: 'An unusual prefix. Read the number back to the resident.',
    address_invalid: 'The address has strange characters. Retype it.',
    commune_unknown: "Choose today's commune.",
    same_person: 'The representative cannot be the person being registered.',
    representative_missing: 'A parent or guardian is needed.',
    notice_not_shown: 'The notice has not been shown yet.',
    unanswered: 'Something is not chosen yet.',
    indicator_invalid: 'This kind of help is not on the list.',
    signature_empty: 'Not signed yet. Sign with a finger, or press "Cannot sign".',
    signature_too_long: 'The signature is too long. Press "Sign again" and sign shorter.',
    witness_missing: 'Another team member is needed as witness.',
    witness_is_operator: 'The witness must be somebody else than the person registering.',
    text_too_long: 'This line is too long. Make it shorter.',
    too_long: 'This code is too long to be that of an identity card.',
    empty: 'This code holds nothing. Scan again.',
    encoding_damaged: 'The letters were damaged in reading. Scan again; with a hand scanner, switch Vietnamese typing off.',
    input_method: 'Vietnamese typing is on, so the scanner\'s text came out wrong. Switch it off (Unikey, EVKey), then scan again.',
    fields_shifted: 'Part of the code was not read. Scan the card again.',
    truncated: 'The code was cut off. Hold the card still and scan again.',
    too_many_fields: 'This does not look like the code of an identity card.',
    forbidden_characters: 'This code has strange characters and is not taken. Scan the code on the card.',
    repaired: 'The accents were restored. Compare carefully with the card.',
    app_copy: 'This text was copied out of an app. Please look at the card.',
    field_count_unusual: 'This card is unusual. Compare every line.',
    old_id_invalid: 'The old number in the code is malformed and is left out.',
    no_diacritics: 'This code lost its accents. Retype name and address as on the card.',
    sex_mismatch:
      'The sex on the card differs from the personal number. Look at the card again; if it says so, just continue.',
    birth_year_mismatch:
      'The birth year differs from the personal number. Look at the card again; if it says so, just continue.',
    place_code_unknown: 'The first three digits are unusual. Look at the card again; if it says so, just continue.',
    vneid: 'This is a code in VNeID, which cannot be read here. Scan the code on the card, or press "Enter from VNeID".',
    health_insurance: 'This is a health insurance card. Scan the code on the identity card.',
    personal_qr: 'This is a personal QR. Scan the code on the identity card.',
    not_a_card: 'This is not the code of an identity card.',
    real_card: 'This is a real card. The device is in practice, so nothing is saved. Leave practice to register.',
    practice_person: 'This is a practice person and cannot be registered for real.',
    name_mismatch: 'The name does not match the population data.',
    birth_mismatch: 'The birth date does not match the population data.',
    pin_unknown: 'The personal number is not in the population data.',
    pin_missing: 'The personal number is missing.',
    notice_unknown: 'The notice was not the right one. Please show the new one.',
    consent_incomplete: "The resident's choices are incomplete.",
    signature_missing: 'The signature is missing.',
    field_invalid: 'An entry is not right.',
    code_taken: 'This citizen code belongs to another record. A new one will be given.',
    person_deceased: 'The population data say this person has died. Please ask the ward officer.',
    wrong_pin: 'That is not the device PIN. When no tries are left ask the ward officer; no record is lost.',
    weak_pin: 'This PIN is easy to guess. Choose another.',
    pin_delay: 'Too many wrong tries. Wait a little and type again; no record is lost.',
    unknown_operator: 'This person is not on this device yet. Ask the ward officer to add them.',
    revoked: 'The ward has locked this device. Records not yet sent are still here, encrypted.',
    in_use: 'The program is open in another window. Close that one and open it again.',
    vault_unavailable: 'The place of the key could not be opened. Restart the device and try again; no record is lost.',
    secret_missing: 'The key of this device is gone. Records are still here, encrypted; please tell the ward officer.',
    secret_mismatch: 'These data belong to another device. They are still here, encrypted; please tell the ward officer.',
    newer_schema: 'A newer version wrote these data. Install it and open again; nothing is lost.',
    damaged: 'Damage was found and set aside; nothing was deleted. Please tell the ward officer.',
    disk_full: 'The device is full. Not saved yet. Send or copy to USB, then press Save again; this page stays.',
    io: 'Could not write to the device. This page stays; press once more.',
    busy: 'The device is busy. Press again in a few seconds.',
    declined: 'The resident did not agree. What was just scanned is erased at once.',
    not_found: 'This record is no longer on the device.',
    not_in_this_state: 'This can no longer be done, the record has moved on. Open it again to see.',
    unreachable: `The city could not be reached. ${safeOnDevice} It will be sent again by itself.`,
    too_slow: `The network is too slow. ${safeOnDevice} It will be sent again by itself.`,
    captive_portal:
      'This Wi-Fi asks for a sign-in. Nothing could be sent; everything is still on this device. Use another network.',
    certificate: `This network cannot be trusted. Nothing was sent. ${safeOnDevice} Use another network.`,
    tls: `This network cannot be trusted. Nothing was sent. ${safeOnDevice} Use another network.`,
    upgrade_needed: `A new version is needed to send more. ${safeOnDevice}`,
    digest_conflict: 'Sending this record is paused for a check. Nothing of it is lost.',
    unreadable: 'Sending this record is paused for a check. Nothing of it is lost.',
    wrong_realm: 'Sending this record is paused for a check. Nothing of it is lost.',
    stale_base: 'Sending this record is paused for a check. Nothing of it is lost.',
    not_enrolled: 'This device has not been handed out yet. Scan the invitation of the ward officer.',
    invitation_used: 'This invitation has been used. Ask the ward officer for a new one.',
    invitation_unknown: 'This is not an invitation. Check every letter.',
    invitation_expired: 'This invitation is too old. Ask the ward officer for a new one.',
    code_mistyped: 'The citizen code is mistyped. Check every letter.',
    code_length: 'A citizen code has 12 letters and digits. Count them again.',
    not_our_code: 'This is neither a citizen code nor a card. Scan the QR on the card, or type the code printed on it.',
    no_code: 'No code in this picture. Take it again, sharp, with all four corners and without glare.',
    code_character: 'The code has a letter that is not used. Check every letter.',
    not_a_picture: 'This file is not a picture. Choose a picture of the code on the card.',
    print_failed: 'Could not print. The record is kept; check the printer and print again.',
  },
};
