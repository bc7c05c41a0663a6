import { effect } from '@preact/signals';
import { texts } from '../texts.ts';
import { hrefOf } from './router.ts';
import { attention, isNotLive } from './session.ts';
import { playAlarm } from './sound.ts';
import { everySecond } from './tick.ts';

const REPEAT_SECONDS = 3;
const heard = new Set<string>();

/** Asks for attention where the eye is elsewhere: the tab's picture, a notification, sound. */
export function startAlarm(): void {
  effect(showFavicon);
  effect(tellNewCalls);
  let seconds = 0;
  everySecond(() => {
    seconds += 1;
    const isLoud = isNotLive.peek() || attention.peek().sound === 'repeat';
    if (isLoud && seconds % REPEAT_SECONDS === 0) playAlarm();
  });
}

function showFavicon(): void {
  const name = isNotLive.value ? 'stale' : attention.value.unanswered.length > 0 ? 'alarm' : 'calm';
  document.getElementById('favicon')?.setAttribute('href', `${import.meta.env.BASE_URL}icons/${name}.svg`);
}

function tellNewCalls(): void {
  for (const call of attention.value.unanswered) {
    if (heard.has(call.id)) continue;
    heard.add(call.id);
    playAlarm();
    notify(texts.alarm.title(call), texts.alarm.body(call), call.id);
  }
}

function notify(title: string, body: string, id: string): void {
  if (!('Notification' in window) || Notification.permission !== 'granted') return;
  try {
    const notification = new Notification(title, { body, tag: id, requireInteraction: true });
    notification.addEventListener('click', () => {
      focus();
      location.assign(hrefOf({ view: 'call', id }));
      notification.close();
    });
  } catch {
    // Some phones show notifications of installed pages only; title, picture and sound are there.
    return;
  }
}
