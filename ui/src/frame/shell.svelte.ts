/** What the frame shows around every screen. Sign-in and sync write it; the frame only reads. */

import type { Tone } from '../shared/tone';

export interface Who {
  name: string;
  /** Team and commune, or the office: one line. */
  of: string;
}

export interface Truth {
  /** One sentence, whole; see `t.truth`. */
  words: string;
  tone: Extract<Tone, 'good' | 'attention' | 'danger'>;
  icon: 'online' | 'offline' | 'sending' | 'portal' | 'clock';
}

export type Role = 'volunteer' | 'coordinator';

class Shell {
  role = $state<Role>('volunteer');
  /** Absent before somebody signed in. */
  who = $state.raw<Who>();
  truth = $state.raw<Truth>();
  practice = $state(false);
  /** Opens the search over everything; absent where nobody may look. */
  onSearch = $state.raw<() => void>();
  /** *Đổi người*; absent where there is nobody to hand over to. */
  onSwitch = $state.raw<() => void>();
}

export const shell = new Shell();
