import { computed, signal } from '@preact/signals';
import { type Route, toPath, toRoute } from '../rules/route.ts';

const BASE = import.meta.env.BASE_URL;
const path = signal(location.pathname);

export const route = computed<Route>(() => toRoute(path.value, BASE));

export function hrefOf(to: Exclude<Route, { view: 'unknown' }>): string {
  return toPath(to, BASE);
}

/** Follows the links of the page without loading it anew; every other click is the browser's. */
export function startRouter(): void {
  addEventListener('popstate', () => {
    path.value = location.pathname;
  });
  addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain || event.defaultPrevented || link.target || link.hasAttribute('download')) return;
    if (link.origin !== location.origin || !link.pathname.startsWith(BASE) || link.hash) return;
    event.preventDefault();
    goTo(link.pathname);
  });
}

function goTo(pathname: string): void {
  if (pathname === location.pathname) return;
  history.pushState(null, '', pathname);
  path.value = pathname;
  scrollTo(0, 0);
}
