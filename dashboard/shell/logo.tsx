/** The page's mark; it says nothing that is not written beside it. */
export function Logo() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <path
        d="M9.6 5.5l3.1-.9 2.4 5.2-2 2.3c1.3 2.8 3.2 4.8 6 6.2l2.4-1.9 5 2.6-1 3.1c-.8 2.3-3.1 3.1-5.4 2.5C12.8 22.5 9 18.6 7 11.3c-.6-2.4.2-5 2.6-5.8z"
        fill="currentColor"
      />
      <path
        d="M20 5.5a7 7 0 0 1 6.5 6.5M20 9.5a3 3 0 0 1 2.5 2.5"
        fill="none"
        stroke="var(--alarm)"
        stroke-width="2.4"
        stroke-linecap="round"
      />
    </svg>
  );
}
