/** Instants in words, by the program's clock. */

import { device } from '../../backend/device.svelte';
import { day, instant, time } from '../../shared/format';

/** `hôm qua 17:20`; nothing there is `chưa bao giờ`. */
export const when = (seconds: number | null | undefined): string => device.ago(seconds);

/** `14:05, 23/11/2026`. */
export const exactly = (seconds: number): string => `${time(instant(seconds))}, ${day(instant(seconds))}`;
