import { may } from '../live/session.ts';
import { sound, toggleSound } from '../live/sound.ts';
import { Button } from '../parts/button.tsx';
import { texts } from '../texts.ts';

/** Lets this screen be heard, and show notifications. */
export function SoundButton() {
  if (!may('seeCalls')) return null;
  return (
    <Button isPressed={sound.value === 'on'} onClick={() => void toggleSound()}>
      {texts.sound.button[sound.value]}
    </Button>
  );
}
