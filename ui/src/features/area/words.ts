import room from '../../../../messages/window/area.json';
import { messages, type Rooms } from '../../i18n';

export const words = messages<Rooms['area']>(room);
