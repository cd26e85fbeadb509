import 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the development server is, and what opens a stage on it (tools/vitest.js). */
    devServer: { address: string; token: string };
  }
}
