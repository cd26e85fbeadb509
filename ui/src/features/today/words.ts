import room from '../../../../messages/window/today.json';
import { messages, type Rooms } from '../../i18n';

export const words = messages<Rooms['today']>(room);
