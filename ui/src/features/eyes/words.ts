import room from '../../../../messages/window/eyes.json';
import { messages, type Rooms } from '../../i18n';

export const words = messages<Rooms['eyes']>(room);
