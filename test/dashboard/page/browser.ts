import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const PLACES = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executable = PLACES.find((path) => path !== undefined && existsSync(path));

/** Whether there is a Chromium on this machine. */
export const hasBrowser = executable !== undefined;

export async function startBrowser(): Promise<Browser> {
  return chromium.launch({ ...(executable ? { executablePath: executable } : {}), args: ['--no-sandbox'] });
}

/** A page of its own; whatever the browser complains of goes into `complaints`. */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return { page, complaints };
}

/** Waits until the title of the tab begins so. (The page's own policy lets no test evaluate anything again and again.) */
export async function untilTitle(page: Page, words: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if ((await page.title()).startsWith(words)) return;
    await page.waitForTimeout(100);
  }
  throw new Error(`The title is ${await page.title()}`);
}
