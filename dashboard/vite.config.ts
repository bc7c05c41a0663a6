import { defineConfig } from 'vite';

/** How the page is built; where it goes and lies, `scripts/buildPage.ts` says. */
export default defineConfig({
  build: {
    target: 'es2022',
    // No inline code and no inline picture: the Content Security Policy allows none.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What the packages in it ask to be told to whoever gets them.
    license: { fileName: 'licenses.txt' },
  },
});
