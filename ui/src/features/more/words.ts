import room from '../../../../messages/window/more.json';
import { messages, type Rooms } from '../../i18n';

export const words = messages<Rooms['more']>(room);
