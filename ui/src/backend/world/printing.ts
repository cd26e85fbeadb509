/** Printers of the world in memory: an office printer with A4, a card printer and a receipt printer that is switched off. */

import type { Code, PrintJob, PrintQueue, Rid, ScannedBack } from '../bindings';
import { BackendError } from '../client';
import type { FakeBackend } from '../fake';
import { PAGES } from './paper';

const queue = (name: string, loaded: PrintQueue['loaded'], more: Partial<PrintQueue> = {}): PrintQueue => ({
  name, description: '', speaks: 'pdf', loaded, ready: true, trouble: null, is_default: false, ...more,
});

export class Printing {
  #queues = [
    queue('card', 'cards', { description: 'Máy in thẻ' }),
    queue('office', 'sheets', { description: 'Máy in văn phòng', is_default: true }),
    queue('receipt', 'roll', { description: 'Máy in phiếu', speaks: 'esc_pos', ready: false, trouble: 'offline' }),
  ];
  #jobs: PrintJob[] = [];
  readonly #chosen = new Map<PrintJob['paper'], string>();

  /** No printer at all. */
  none(): void {
    this.#queues = [];
  }

  /** Nothing lies in any printer. */
  empty(): void {
    this.#queues = this.#queues.map((each) => ({ ...each, ready: false, trouble: each.trouble ?? 'out_of_paper' }));
  }

  /** One look at a job: it goes on, unless something is in its way. */
  #look(number: number): PrintJob {
    const job = this.#jobs[number - 1];
    if (!job) throw new BackendError({ code: 'print_job_unknown' });
    const trouble = this.#queues.find((each) => each.name === job.queue)?.trouble ?? null;
    const next = { waiting: 'printing', printing: 'done' } as const;
    const state = !trouble && (job.state === 'waiting' || job.state === 'printing') ? next[job.state] : job.state;
    return (this.#jobs[number - 1] = { ...job, state, trouble: state === 'waiting' ? trouble : null });
  }

  answers(world: FakeBackend, codeOf: (rid: Rid) => Code): void {
    world.answer('printers', () => ({
      queues: this.#queues, chosen: [...this.#chosen], trouble: this.#queues.length ? null : 'no_print_system',
    }));
    world.answer('preview', ({ paper, rids }) => {
      rids.forEach(codeOf);
      return { png: PAGES[paper], pages: paper === 'sheet' ? Math.ceil(rids.length / 10) : 1 };
    });
    world.answer('print_paper', ({ paper, rids, queue: name }) => {
      rids.forEach(codeOf);
      if (rids.length === 0) throw new BackendError({ code: 'nothing_to_print' });
      if (!this.#queues.some((each) => each.name === name)) throw new BackendError({ code: 'print_queue_unknown' });
      this.#chosen.set(paper, name);
      const trouble = this.#queues.find((each) => each.name === name)?.trouble ?? null;
      this.#jobs.push({ job: this.#jobs.length + 1, paper, queue: name, state: 'waiting', trouble });
      return this.#jobs[this.#jobs.length - 1] as PrintJob;
    });
    world.answer('print_job', ({ job }) => this.#look(job));
    world.answer('cancel_print', ({ job }) => {
      const now = this.#look(job);
      if (now.state === 'done') return now;
      return (this.#jobs[job - 1] = { ...now, state: 'cancelled', trouble: null });
    });
    world.answer('open_paper', ({ rids }) => {
      rids.forEach(codeOf);
      return null;
    });
    world.answer('scan_back', ({ rid, text, picture }): ScannedBack => {
      if (picture !== null) return picture.length > 200 ? 'same' : 'unreadable';
      if (text?.includes(codeOf(rid))) return 'same';
      return /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/.test(text ?? '') ? 'other' : 'not_ours';
    });
  }
}
