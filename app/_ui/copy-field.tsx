'use client';

import { useId, useState } from 'react';
import { useCopied } from '../_share/use-copied';
import { Button } from './button';

type CopyFieldProps = {
  label: string;
  value: string;
  /** hidden until asked for: booths are often on a screen that is on air */
  isSecret?: boolean;
};

/** A value to be typed or copied into another program. */
export function CopyField({ label, value, isSecret = false }: CopyFieldProps) {
  const id = useId();
  const [isShown, setShown] = useState(!isSecret);
  const { copied, failed, copy } = useCopied();
  // In the middle of words it is small, unless it is an abbreviation.
  const name = /^\p{Lu}\p{Lu}/u.test(label) ? label : label.charAt(0).toLowerCase() + label.slice(1);
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-small text-text-2">
        {label}
      </label>
      <div className="flex flex-wrap gap-2">
        <input
          id={id}
          readOnly
          type={isShown ? 'text' : 'password'}
          autoComplete="off"
          value={value}
          onFocus={({ target }) => target.select()}
          className="h-11 min-w-0 grow basis-56 rounded-button bg-bg px-3 font-mono text-text inset-ring inset-ring-text-3"
        />
        <Button className="h-11" onClick={() => void copy(value)}>
          {copied ? `Copied ${name}` : `Copy ${name}`}
        </Button>
        {isSecret && (
          <Button className="h-11" onClick={() => setShown(!isShown)}>
            {isShown ? `Hide ${name}` : `Show ${name}`}
          </Button>
        )}
      </div>
      <p role="status" className="text-small text-live empty:hidden">
        {failed && `The ${name} could not be copied: select it and copy it by hand.`}
      </p>
    </div>
  );
}
