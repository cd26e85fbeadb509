import room from '../../../../messages/window/signin.json';
import { messages, type Rooms } from '../../i18n';

export const words = messages<Rooms['signin']>(room);
