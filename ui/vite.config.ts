import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** Where `cargo xtask dev` says that its server is. */
const behind = process.env['DEV_SERVER'];
const server = behind ? (JSON.parse(behind) as { address: string; token: string }) : undefined;
/** The server behind the page: the token is added here, so that no other page knows it. */
const proxy = server && {
  '/stages': { target: `http://${server.address}`, headers: { authorization: `Bearer ${server.token}` } },
};

export default defineConfig(({ command }) => ({
  plugins: [svelte()],
  clearScreen: false,
  // The way to the development server and the gallery are left out of the shipped window altogether.
  define: { STORIES_BUILT_IN: JSON.stringify(command === 'serve' || Boolean(process.env['VITE_STORIES'])) },
  server: { port: 5173, strictPort: true, ...(proxy ? { proxy } : {}) },
  build: {
    // The oldest engines in the field: WebKitGTK 2.40 (Debian 12) and WebView2.
    target: ['safari16.4', 'chrome110'],
    // Nothing inlined: the content security policy allows no data: fonts or styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // Vitest would otherwise take Svelte's server build.
  resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
  test: {
    environment: 'happy-dom',
    globalSetup: 'tools/vitest.js',
    setupFiles: 'src/testing/nobody.ts',
    // The development server is another origin to a page that no server served.
    environmentOptions: { happyDOM: { settings: { fetch: { disableSameOriginPolicy: true } } } },
    include: ['src/**/*.test.ts'],
    // A tablet whose zone nobody set: dates are those of Việt Nam all the same.
    env: { TZ: 'America/Los_Angeles' },
  },
}));
