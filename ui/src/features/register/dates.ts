/** Dates as they are typed. */

/**
 * `9/2/1988`, `09021988`, `06/1938` and `1938` become `1988-02-09`, `1938-06` and `1938`; anything else stays as typed,
 * so that the program can say what is wrong with it.
 */
export function typedDate(text: string): string {
  const tidy = text.trim();
  const two = (part: string) => part.padStart(2, '0');
  const whole = /^(\d{1,2})[/.\-\s](\d{1,2})[/.\-\s](\d{4})$/.exec(tidy) ?? /^(\d{2})(\d{2})(\d{4})$/.exec(tidy);
  if (whole) return `${whole[3]}-${two(whole[2] as string)}-${two(whole[1] as string)}`;
  const month = /^(\d{1,2})[/.\-\s](\d{4})$/.exec(tidy);
  if (month) return `${month[2]}-${two(month[1] as string)}`;
  return tidy;
}
