import room from '../../../../messages/window/print.json';
import { messages, type Rooms } from '../../i18n';

export const words = messages<Rooms['print']>(room);
