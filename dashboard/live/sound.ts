import { signal } from '@preact/signals';

const REMEMBERED = 'alarm';

/** `blocked`: wanted, but the browser waits for a click or a key before it lets the page be heard. */
export const sound = signal<'off' | 'on' | 'blocked'>('off');

let audio: AudioContext | null = null;

/** Takes up what was chosen the last time on this device. */
export function restoreSound(): void {
  if (localStorage.getItem(REMEMBERED) !== 'on') return;
  void turnOn(false);
  const again = () => void (sound.value === 'blocked' && turnOn(false));
  addEventListener('pointerdown', again);
  addEventListener('keydown', again);
}

/** Turns sound and notifications of this screen on, with a short sample, or off. */
export async function toggleSound(): Promise<void> {
  if (sound.value !== 'on') return turnOn(true);
  localStorage.removeItem(REMEMBERED);
  sound.value = 'off';
  await audio?.suspend();
}

async function turnOn(isAsked: boolean): Promise<void> {
  audio ??= new AudioContext();
  localStorage.setItem(REMEMBERED, 'on');
  // It waits for ever where the browser wants a click first.
  await Promise.race([audio.resume(), new Promise((resolve) => setTimeout(resolve, 300))]);
  sound.value = audio.state === 'running' ? 'on' : 'blocked';
  if (!isAsked) return;
  playAlarm();
  if ('Notification' in window && Notification.permission === 'default') await Notification.requestPermission();
}

/** Two rising tones, loud enough for a room; nothing while sound is off. */
export function playAlarm(): void {
  if (!audio || sound.value !== 'on') return;
  const begin = audio.currentTime + 0.02;
  [660, 880, 660, 880].forEach((pitch, i) => {
    playTone(audio, pitch, begin + i * 0.22);
  });
}

function playTone(context: AudioContext | null, pitch: number, at: number): void {
  if (!context) return;
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.type = 'square';
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0.0001, at);
  volume.gain.exponentialRampToValueAtTime(0.25, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.2);
  tone.connect(volume).connect(context.destination);
  tone.start(at);
  tone.stop(at + 0.21);
}
