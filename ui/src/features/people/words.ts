import room from '../../../../messages/window/people.json';
import { messages, type Rooms } from '../../i18n';

export const words = messages<Rooms['people']>(room);
