/** One run of live scanning as a page sees it: begun when the page opens, ended when it goes away or cannot be seen. */

import type { IdCardScan, Purpose, ScanDevices, ScanTold, ScanView } from '../../backend/bindings';
import { call, errorCode, on } from '../../backend/client';

/** What was held before the camera, or sent by a hand scanner. */
export type Found =
  | { kind: 'card'; scan: IdCardScan }
  /** A card that may not be used here, and why. */
  | { kind: 'refused'; code: string }
  | { kind: 'text'; text: string };

/** Pictures that could not be fetched are asked for again after so many milliseconds. */
const AGAIN_MS = 250;
/** The edge stays green for so long. */
const FOUND_MS = 1500;

export class LiveScan {
  view = $state.raw<ScanView>();
  devices = $state.raw<ScanDevices>();
  /** Why it could not even begin. */
  refused = $state.raw<string>();
  /** Rises with every picture that is wanted. */
  picture = $state(0);
  /** Something was read a moment ago. */
  found = $state(false);

  readonly #purpose: Purpose;
  readonly #onfound: (found: Found) => void;
  #turn = 0;
  /** Told before the run's number was known. */
  #early: ScanTold[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(purpose: Purpose, onfound: (found: Found) => void) {
    this.#purpose = purpose;
    this.#onfound = onfound;
  }

  get running(): boolean {
    return this.view?.camera === 'running' || this.view?.camera === 'camera_black';
  }

  /** Fits `$effect`: scanning goes on until the returned function is called, and pauses while the window is hidden. */
  watch(): () => void {
    const deaf = on('scan', (told) => this.#hear(told));
    const seen = () => (document.hidden ? this.stop() : void this.start());
    document.addEventListener('visibilitychange', seen);
    seen();
    void this.look();
    return () => {
      document.removeEventListener('visibilitychange', seen);
      deaf();
      this.stop();
    };
  }

  /** Which cameras and ports there are. */
  async look(): Promise<void> {
    try {
      this.devices = await call('scan_devices', null);
    } catch {
      // Then there is nothing to choose.
    }
  }

  /** Begins, or begins again with another camera. */
  async start(camera: string | null = null): Promise<void> {
    const turn = ++this.#turn;
    this.refused = undefined;
    this.#early = [];
    try {
      const view = await call('start_scan', { purpose: this.#purpose, camera });
      // Left meanwhile: nobody's camera stays on.
      if (turn !== this.#turn) return void call('stop_scan', { run: view.run }).catch(() => undefined);
      this.view = view;
      for (const told of this.#early.splice(0)) this.#hear(told);
      this.painted();
    } catch (error) {
      if (turn === this.#turn) this.refused = errorCode(error);
    }
  }

  stop(): void {
    this.#turn++;
    clearTimeout(this.#timer);
    const run = this.view?.run;
    if (this.view) this.view = { ...this.view, camera: 'off' };
    if (run !== undefined) void call('stop_scan', { run }).catch(() => undefined);
  }

  /** The picture before is on the screen: the next one may come. */
  painted(): void {
    this.picture++;
  }

  /** No picture came: asked again in a moment. */
  missed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.painted(), AGAIN_MS);
  }

  #hear(told: ScanTold): void {
    const run = told.told === 'status' ? told.view.run : told.run;
    if (this.view === undefined || run > this.view.run) {
      this.#early.push(told);
      return;
    }
    if (run !== this.view.run) return;
    if (told.told === 'status') {
      const camera = told.view.device !== this.view.device || told.view.camera === 'no_camera';
      this.view = told.view;
      // Something was plugged in or out.
      if (camera) void this.look();
      return;
    }
    // What cannot be used is said in words by the page, and is no success.
    if (told.told === 'text' || (told.told === 'card' && told.scan.draft)) {
      this.found = true;
      setTimeout(() => (this.found = false), FOUND_MS);
      beep();
    }
    if (told.told === 'card') {
      // With a draft the run has done its work, and the camera is off.
      if (told.scan.draft) this.view = { ...this.view, camera: 'off' };
      this.#onfound({ kind: 'card', scan: told.scan });
    } else if (told.told === 'refused') this.#onfound({ kind: 'refused', code: told.code });
    else this.#onfound({ kind: 'text', text: told.text });
  }
}

let sound: AudioContext | undefined;

/** A short, soft tone; a machine without sound says nothing. */
function beep(): void {
  try {
    sound ??= new AudioContext();
    const now = sound.currentTime;
    const [tone, volume] = [sound.createOscillator(), sound.createGain()];
    tone.frequency.value = 1175;
    volume.gain.setValueAtTime(0.0001, now);
    volume.gain.exponentialRampToValueAtTime(0.25, now + 0.01);
    volume.gain.exponentialRampToValueAtTime(0.0001, now + 0.16);
    tone.connect(volume).connect(sound.destination);
    tone.start(now);
    tone.stop(now + 0.17);
  } catch {
    sound = undefined;
  }
}
