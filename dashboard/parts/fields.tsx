import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

/** A label and what it names. */
export function Field({
  label,
  class: more = '',
  children,
}: {
  label: string;
  class?: string;
  children: (id: string) => ComponentChildren;
}) {
  const id = useId();
  return (
    <div class={`field ${more}`}>
      <label for={id}>{label}</label>
      {children(id)}
    </div>
  );
}

interface SelectProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
  /** Value and what it reads. */
  options: Record<string, string>;
}

export function Select({ label, value, onValue, options }: SelectProps) {
  return (
    <Field label={label}>
      {(id) => (
        <select id={id} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
          {Object.entries(options).map(([key, text]) => (
            <option key={key} value={key}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
