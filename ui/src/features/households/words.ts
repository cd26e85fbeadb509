import room from '../../../../messages/window/households.json';
import { messages, type Rooms } from '../../i18n';

export const words = messages<Rooms['households']>(room);
