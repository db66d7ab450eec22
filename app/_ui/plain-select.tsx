import { IconChevronDown } from '@tabler/icons-react';
import { type ReactNode, useId } from 'react';

type PlainSelectProps = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  disabled?: boolean;
  /** its `<option>`s */
  children: ReactNode;
};

/** One of a list, by the browser's own list: for the booth, where a phone's wheel is quicker than a menu of ours. */
export function PlainSelect({ label, value, onChange, disabled = false, children }: PlainSelectProps) {
  const id = useId();
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1 block text-small text-text-2">
        {label}
      </label>
      <div className="relative">
        <select
          id={id}
          value={value}
          disabled={disabled}
          onChange={({ target }) => onChange(target.value)}
          className="h-11 w-full appearance-none truncate rounded-button bg-raised pr-10 pl-3 text-text inset-ring inset-ring-text-3 disabled:opacity-70"
        >
          {children}
        </select>
        <IconChevronDown
          size={18}
          aria-hidden
          className="pointer-events-none absolute inset-y-0 right-3 my-auto text-text-2"
        />
      </div>
    </div>
  );
}
