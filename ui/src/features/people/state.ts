/** How a registration's state looks: always an icon and a colour beside the words. */

import Check from '@lucide/svelte/icons/check';
import CircleOff from '@lucide/svelte/icons/circle-off';
import CirclePause from '@lucide/svelte/icons/circle-pause';
import CircleX from '@lucide/svelte/icons/circle-x';
import CloudCheck from '@lucide/svelte/icons/cloud-check';
import Pencil from '@lucide/svelte/icons/pencil';
import PencilLine from '@lucide/svelte/icons/pencil-line';
import Upload from '@lucide/svelte/icons/upload';
import Users from '@lucide/svelte/icons/users';
import type { State } from '../../backend/bindings';
import type { IconComponent } from '../../shared/icon';
import type { Tone } from '../../shared/tone';

export const STATE_ICON: Record<State, IconComponent> = {
  draft: PencilLine,
  queued: Upload,
  received: CloudCheck,
  accepted: Check,
  possible_duplicate: Users,
  refused: Pencil,
  withdrawn: CircleOff,
  discarded: CircleX,
  quarantined: CirclePause,
};

export const STATE_TONE: Record<State, Tone> = {
  draft: 'plain',
  queued: 'attention',
  received: 'plain',
  accepted: 'good',
  possible_duplicate: 'attention',
  refused: 'danger',
  withdrawn: 'plain',
  discarded: 'plain',
  quarantined: 'danger',
};
