import room from '../../../../messages/window/cards.json';
import { messages, type Rooms } from '../../i18n';

export const words = messages<Rooms['cards']>(room);
