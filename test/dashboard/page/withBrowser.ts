import { hasBrowser } from './browser.ts';

/** For tests that need a browser: where there is none, they are left out, and a line says so. */
export const withBrowser = hasBrowser ? describe : describe.skip;
if (!hasBrowser) {
  process.stdout.write('No Chromium here (CHROMIUM may name one): the tests of the page in a browser are left out.\n');
}
