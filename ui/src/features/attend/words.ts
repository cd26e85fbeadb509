import room from '../../../../messages/window/attend.json';
import { messages, type Rooms } from '../../i18n';

export const words = messages<Rooms['attend']>(room);
