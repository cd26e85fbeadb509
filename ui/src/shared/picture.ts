/** A picture file on its way to the program. */

/** Bytes of the largest picture that is handed to the program. */
export const MOST_PICTURE = 24 * 1024 * 1024;

/** A file's bytes as base64. */
export function base64(file: Blob): Promise<string> {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => {
      const text = String(reader.result);
      done(text.slice(text.indexOf(',') + 1));
    };
    reader.onerror = () => failed(reader.error ?? new Error('unreadable'));
    reader.readAsDataURL(file);
  });
}
