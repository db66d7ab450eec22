import { type ComponentProps, type ReactNode, useEffect, useId } from 'react';

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

type FieldTies = Pick<ComponentProps<'input'>, 'id' | 'aria-invalid' | 'aria-describedby'>;

/** The label above a field and the notes below it, which the field is tied to. */
function Framed({ label, error, hint, field }: FieldFrame & { field: (ties: FieldTies) => ReactNode }) {
  const id = useId();
  const notesId = error || hint ? `${id}-notes` : undefined;
  const isBad = Boolean(error);
  // A form is often longer than the screen: its first field at fault comes into sight.
  useEffect(() => {
    const element = document.getElementById(id);
    const firstBad = element?.closest('form')?.querySelector('[aria-invalid="true"]');
    if (isBad && element === firstBad) {
      element?.focus();
    }
  }, [id, isBad]);
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-semibold">
        {label}
      </label>
      {field({ id, 'aria-invalid': error ? true : undefined, 'aria-describedby': notesId })}
      {notesId && <FieldNotes id={notesId} error={error} hint={hint} />}
    </div>
  );
}

/** A labelled line of text with its hint, or in its place what is wrong. */
export function TextField({ label, error, hint, ...rest }: TextFieldProps) {
  const field = (ties: FieldTies) => <input {...ties} className={`${fieldStyle} h-11`} {...rest} />;
  return <Framed label={label} error={error} hint={hint} field={field} />;
}

/** The same for several lines. */
export function TextArea({ label, error, hint, rows = 4, ...rest }: TextAreaProps) {
  const style = `${fieldStyle} resize-y py-2.5`;
  const field = (ties: FieldTies) => <textarea {...ties} rows={rows} className={style} {...rest} />;
  return <Framed label={label} error={error} hint={hint} field={field} />;
}
