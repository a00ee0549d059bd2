import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

// The desk's default address; `LIANDONG_URL=http://127.0.0.1:9000 npm run dev` reaches another one.
const desk = process.env['LIANDONG_URL'] ?? 'http://127.0.0.1:8470';

/** Writes `shell.json`, the list of files that the service worker keeps on a phone. */
function shellList(): Plugin {
  return {
    name: 'shell-list',
    generateBundle(_, bundle) {
      const files = Object.keys(bundle).filter((name) => name.startsWith('assets/'));
      this.emitFile({
        type: 'asset',
        fileName: 'shell.json',
        source: JSON.stringify(files.map((name) => `/${name}`).sort()),
      });
    },
  };
}

export default defineConfig({
  base: '/',
  plugins: [svelte(), shellList()],
  // The page's policy is default-src 'self': nothing may be inlined as a data: address.
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 1200 },
  worker: { format: 'es' },
  server: { proxy: { '/api': desk } },
  resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
  test: { environment: 'happy-dom', include: ['test/**/*.test.ts'] },
});
