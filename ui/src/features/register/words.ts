import room from '../../../../messages/window/register.json';
import { messages, type Rooms } from '../../i18n';

export const words = messages<Rooms['register']>(room);
