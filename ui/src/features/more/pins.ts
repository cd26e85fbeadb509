/** A PIN that an older program took may have so many digits. */
export const LONGEST_OLD_PIN = 32;
