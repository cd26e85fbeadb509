import room from '../../../../messages/window/blanks.json';
import { messages, type Rooms } from '../../i18n';

export const words = messages<Rooms['blanks']>(room);
