import type { ComponentChildren } from 'preact';

interface ButtonProps {
  children: ComponentChildren;
  onClick?: () => void;
  look?: 'main' | 'alarm' | 'plain';
  size?: 'large' | 'usual';
  /** Stays in reach of the keyboard and says so, but does nothing. */
  isBusy?: boolean;
  type?: 'button' | 'submit';
  isPressed?: boolean;
  label?: string;
}

export function Button({
  children,
  onClick,
  look = 'plain',
  size = 'usual',
  isBusy,
  type,
  isPressed,
  label,
}: ButtonProps) {
  return (
    <button
      type={type ?? 'button'}
      class={`button ${look} ${size}`}
      aria-disabled={isBusy ? 'true' : undefined}
      aria-pressed={isPressed}
      aria-label={label}
      onClick={(event) => {
        if (isBusy) event.preventDefault();
        else onClick?.();
      }}
    >
      {children}
    </button>
  );
}
