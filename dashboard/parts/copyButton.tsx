import { useState } from 'preact/hooks';
import { texts } from '../texts.ts';
import { Button } from './button.tsx';

/** Copies a text, and says whether it worked. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [said, setSaid] = useState('');
  const copy = () =>
    void navigator.clipboard.writeText(text).then(
      () => setSaid(texts.copied),
      () => setSaid(texts.notCopied),
    );
  return (
    <span class="row">
      <Button onClick={copy}>{label}</Button>
      <span role="status" class="small">
        {said}
      </span>
    </span>
  );
}
