import room from '../../../../messages/window/search.json';
import { messages, type Rooms } from '../../i18n';

export const words = messages<Rooms['search']>(room);
