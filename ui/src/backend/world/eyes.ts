/** Cameras and hand scanners of the world in memory: what they show a test decides. */

import type { IdCardScan, ScanDevices, ScanTold, ScanView } from '../bindings';
import { BackendError, errorCode } from '../client';
import type { FakeBackend } from '../fake';

/** Moods of the camera, as `?world=` says them; without one it works. */
export const EYES = ['nocamera', 'camerabusy', 'cameradenied', 'cameralost', 'camerastalled', 'camerablack', 'camerafailed', 'scanner'] as const;
type Mood = (typeof EYES)[number];

const STANDS: Partial<Record<Mood, ScanView['camera']>> = {
  nocamera: 'no_camera', camerabusy: 'camera_busy', cameradenied: 'camera_denied', cameralost: 'camera_lost',
  camerastalled: 'camera_stalled', camerablack: 'camera_black', camerafailed: 'camera_failed',
};

interface Around {
  mood: Mood | undefined;
  /** Somebody is signed in. */
  open: () => boolean;
  /** A card of this practice person. */
  read: (n: number) => IdCardScan;
}

export class Eyes {
  readonly #world: FakeBackend;
  readonly #around: Around;
  readonly #devices: ScanDevices;
  #run = 0;
  #view: ScanView | undefined;

  constructor(world: FakeBackend, around: Around) {
    this.#world = world;
    this.#around = around;
    const there = around.mood === 'nocamera' || around.mood === 'cameralost' ? [] : [{ id: 'back', name: 'Camera sau' }, { id: 'front', name: 'Camera trước' }];
    const port = around.mood === 'scanner';
    this.#devices = { cameras: there, camera: null, ports: port ? [{ id: 'usb/1', name: 'Honeywell 1950g (ttyACM0)' }] : [], port: port ? 'usb/1' : null };
    this.#answers();
  }

  /** The run that goes on. */
  get run(): number | undefined {
    return this.#view && this.#view.camera !== 'off' ? this.#view.run : undefined;
  }

  /** Holds a practice person's card before the camera. */
  holdUp(n: number): void {
    const run = this.run;
    if (run === undefined) throw new Error('the camera is off');
    try {
      const scan = this.#around.read(n);
      this.#tell({ told: 'card', run, scan });
      if (scan.draft) this.#view = undefined;
    } catch (error) {
      this.#tell({ told: 'refused', run, code: errorCode(error) });
    }
  }

  /** Holds any other code before it. */
  holdText(text: string): void {
    if (this.run !== undefined) this.#tell({ told: 'text', run: this.run, text });
  }

  /** The camera stands like this from now on. */
  stands(camera: ScanView['camera']): void {
    if (!this.#view) return;
    this.#view = { ...this.#view, camera };
    this.#tell({ told: 'status', view: this.#view });
  }

  #tell(told: ScanTold): void {
    this.#world.emit('scan', told);
  }

  #answers(): void {
    const locked = () => {
      if (!this.#around.open()) throw new BackendError({ code: 'locked' });
    };
    this.#world.answer('scan_devices', () => {
      locked();
      return structuredClone(this.#devices);
    });
    this.#world.answer('start_scan', ({ camera }) => {
      locked();
      const { mood } = this.#around;
      if (camera) this.#devices.camera = camera;
      const chosen = this.#devices.cameras.find((each) => each.id === this.#devices.camera) ?? this.#devices.cameras[0];
      const run = ++this.#run;
      this.#view = { run, camera: 'opening', device: chosen?.name ?? null, scanner: this.#devices.port ? 'ready' : 'none' };
      setTimeout(() => {
        if (this.run === run) this.stands((mood && STANDS[mood]) ?? 'running');
      }, 20);
      return this.#view;
    });
    this.#world.answer('stop_scan', ({ run }) => {
      if (this.#view?.run === run) this.#view = undefined;
      return null;
    });
    this.#world.answer('choose_scanner', ({ port }) => {
      locked();
      this.#devices.port = port;
      return structuredClone(this.#devices);
    });
  }
}
