import type { ComponentChildren } from 'preact';

/** What may be larger than the screen scrolls by itself, also by the keyboard. `label` names it for a screen reader. */
export function Scrolling({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section class="scroll" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
