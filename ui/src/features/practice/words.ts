import room from '../../../../messages/window/practice.json';
import { messages, type Rooms } from '../../i18n';

export const words = messages<Rooms['practice']>(room);
