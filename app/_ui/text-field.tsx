import { type ComponentProps, type ReactNode, useId } from 'react';

const fieldStyle =
  'w-full rounded-button bg-bg px-3 text-lead text-text inset-ring inset-ring-text-3 aria-invalid:inset-ring-2 aria-invalid:inset-ring-live sm:text-body';

type FieldFrame = {
  label: string;
  /** what is wrong with the value, in words; announced */
  error?: string | null;
  hint?: ReactNode;
};

type TextFieldProps = FieldFrame & ComponentProps<'input'>;
type TextAreaProps = FieldFrame & ComponentProps<'textarea'>;

function FieldNotes({ id, error, hint }: { id: string; error?: string | null; hint?: ReactNode }) {
  return (
    <span id={id} className="text-small" aria-live="polite">
      {error ? <span className="text-live">{error}</span> : <span className="text-text-3">{hint}</span>}
    </span>
  );
}

/** A labelled line of text with its hint, or in its place what is wrong. */
export function TextField({ label, error, hint, ...rest }: TextFieldProps) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-semibold">
        {label}
      </label>
      <input
        id={id}
        className={`${fieldStyle} h-11`}
        aria-invalid={error ? true : undefined}
        aria-describedby={error || hint ? `${id}-notes` : undefined}
        {...rest}
      />
      {(error || hint) && <FieldNotes id={`${id}-notes`} error={error} hint={hint} />}
    </div>
  );
}

/** The same for several lines. */
export function TextArea({ label, error, hint, rows = 4, ...rest }: TextAreaProps) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-semibold">
        {label}
      </label>
      <textarea
        id={id}
        rows={rows}
        className={`${fieldStyle} resize-y py-2.5`}
        aria-invalid={error ? true : undefined}
        aria-describedby={error || hint ? `${id}-notes` : undefined}
        {...rest}
      />
      {(error || hint) && <FieldNotes id={`${id}-notes`} error={error} hint={hint} />}
    </div>
  );
}
