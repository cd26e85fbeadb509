/** What became of a registration, as one or two sentences. */

import type { Shown } from '../../backend/bindings';
import { sentence, t } from '../../i18n';
import { day, instant, time } from '../../shared/format';
import { isCorrectable, refusal } from '../register/refusal';
import { words } from './words';

type Told = Pick<Shown, 'state' | 'initials'> & Partial<Shown>;

export function story(shown: Told): string {
  switch (shown.state) {
    case 'draft':
      return words.draft;
    case 'queued':
      return t.situation.saved;
    case 'received': {
      const at = instant(shown.received_at ?? shown.saved_at ?? 0);
      return (shown.held ? t.situation.held : t.situation.received)({ time: time(at), date: day(at) });
    }
    case 'accepted':
      return t.situation.accepted;
    case 'possible_duplicate':
      return t.situation.possibleDuplicate;
    case 'refused': {
      const code = shown.reason?.code ?? 'field_invalid';
      const why = refusal(code);
      if (!isCorrectable(code)) return why;
      if (shown.draft) return `${t.state.refused}: ${why}`;
      return t.situation.refusedGone({ initials: shown.initials, where: shown.code ?? words.noCode, why });
    }
    case 'quarantined':
      return shown.quarantine ? sentence('stopped', shown.quarantine) : t.situation.quarantined;
    case 'withdrawn':
      return words.withdrawnState;
    case 'discarded':
      return words.discarded;
  }
}
