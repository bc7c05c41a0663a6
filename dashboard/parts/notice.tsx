import type { ComponentChildren } from 'preact';

type Tone = 'info' | 'ok' | 'warn' | 'alarm';

/** A sentence that stands out. `isSpoken`: a screen reader says it when it appears. */
export function Notice({
  tone = 'info',
  isSpoken,
  children,
}: {
  tone?: Tone;
  isSpoken?: boolean;
  children: ComponentChildren;
}) {
  const role = isSpoken ? (tone === 'alarm' ? 'alert' : 'status') : undefined;
  return (
    <div class={`notice ${tone}`} role={role}>
      {children}
    </div>
  );
}

/** That there is nothing, said kindly. */
export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}
