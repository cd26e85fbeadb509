import room from '../../../../messages/window/enrol-device.json';
import { messages, type Rooms } from '../../i18n';

export const words = messages<Rooms['enrol-device']>(room);
