import { mkdir } from 'node:fs/promises';
import { Command } from 'commander';
import type { Page } from 'playwright-core';
import { openPage, startBrowser } from '../test/dashboard/page/browser.ts';
import { type FakeApi, startFakeApi } from '../test/dashboard/page/fakeApi.ts';
import { ADELE, activeCall, detail, liveWith } from '../test/dashboard/page/scene.ts';
import { buildPage, PAGE_BASE } from './buildPage.ts';

const { out } = new Command('npm run screenshots --')
  .description(
    'Makes the pictures of the page for the README and the guide: invented people, light and dark, wide and narrow.',
  )
  .option('--out <dir>', 'where they go', 'docs/pictures')
  .parse()
  .opts<{ out: string }>();

const WIDE = { width: 1120, height: 700 };
const NARROW = { width: 390, height: 780 };
const BUILT = '.local/page-for-pictures';

interface Picture {
  name: string;
  path: (api: FakeApi) => string;
  /** What must be there before the picture is taken. */
  waitFor: string;
}

const PICTURES: readonly Picture[] = [
  { name: 'calls', path: () => '', waitFor: 'I have it' },
  { name: 'call', path: ({ state }) => `calls/${state.detail.id}`, waitFor: 'What to do' },
  { name: 'status', path: () => 'status', waitFor: 'The service account is signed out' },
];

await mkdir(out, { recursive: true });
await buildPage(BUILT);
const api = await startFakeApi(BUILT);
const browser = await startBrowser();
const call = activeCall();
const test933 = { code: 'D9Q', isTest: true, numberDialed: '933', location: 'Dock 4, Tacoma depot' };
const taken = activeCall(
  { ...test933, state: 'acknowledged', holder: ADELE, caller: { name: 'Lidia Holloway', upn: null } },
  400,
);
api.state.detail = detail({ id: call.id });
for (const { name, path, waitFor } of PICTURES) {
  // The status of a quiet night: nothing else asks for attention on it.
  api.state.live = name === 'status' ? liveWith() : liveWith(call, taken);
  for (const [width, viewport] of Object.entries({ wide: WIDE, narrow: NARROW })) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await openPage(browser, { viewport, colorScheme });
      await page.goto(api.url + PAGE_BASE + path(api));
      await page.getByText(waitFor).first().waitFor();
      await shoot(page, `${out}/${name}-${width}-${colorScheme}.png`);
      await page.context().close();
    }
  }
}
await browser.close();
await api.close();

async function shoot(page: Page, path: string): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path });
  process.stdout.write(`${path}\n`);
}
