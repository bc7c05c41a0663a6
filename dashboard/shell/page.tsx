import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { attention } from '../live/session.ts';
import { texts } from '../texts.ts';

let isFirst = true;

/** One view: its heading, which takes the focus when one comes to it, and the title of the tab. */
export function Page({
  title,
  isHeadingHidden,
  children,
}: {
  title: string;
  isHeadingHidden?: boolean;
  children: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  const waiting = attention.value.unanswered.length;
  useEffect(() => {
    document.title = waiting > 0 ? texts.titleWaiting(waiting, title) : `${title} – ${texts.name}`;
  }, [title, waiting]);
  useEffect(() => {
    if (!isFirst) heading.current?.focus({ preventScroll: true });
    isFirst = false;
  }, []);
  return (
    <>
      <h1 ref={heading} tabIndex={-1} class={isHeadingHidden ? 'hidden-text' : ''}>
        {title}
      </h1>
      {children}
    </>
  );
}
