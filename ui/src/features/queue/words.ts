import room from '../../../../messages/window/queue.json';
import { messages, type Rooms } from '../../i18n';

export const words = messages<Rooms['queue']>(room);
