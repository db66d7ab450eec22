'use client';

import { IconSend2 } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { countGraphemes } from '../../server/text/plain-text';
import { Button } from '../_ui/button';

/** As the server counts them. */
const graphemesMax = 500;
/** The counter shows when this few are left. */
const graphemesLeftShown = 60;

/** Where a line is written. Enter sends it. */
export function Composer({ onSend }: { onSend: (text: string) => void }) {
  const [text, setText] = useState('');
  const left = graphemesMax - countGraphemes(text.trim());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const trimmed = text.trim();
    if (trimmed !== '' && left >= 0) {
      onSend(trimmed);
      setText('');
    }
  };
  return (
    <form className="relative flex items-center gap-2" onSubmit={submit}>
      <input
        aria-label="Message"
        aria-describedby="message-room"
        aria-invalid={left < 0 ? true : undefined}
        placeholder="Say something"
        autoComplete="off"
        enterKeyHint="send"
        value={text}
        onChange={(event) => setText(event.target.value)}
        className="h-11 w-full min-w-0 grow rounded-button bg-bg px-3 text-lead inset-ring inset-ring-text-3 aria-invalid:inset-ring-2 aria-invalid:inset-ring-live sm:text-body"
      />
      <span
        id="message-room"
        aria-live="polite"
        className={
          left > graphemesLeftShown ? 'sr-only' : `shrink-0 text-small ${left < 0 ? 'text-live' : 'text-text-2'}`
        }
      >
        {left > graphemesLeftShown ? '' : left < 0 ? `${-left} too many` : `${left} left`}
      </span>
      <Button
        type="submit"
        look="lamp"
        size="icon"
        aria-label="Send"
        className="size-11"
        disabled={text.trim() === '' || left < 0}
      >
        <IconSend2 size={20} aria-hidden />
      </Button>
    </form>
  );
}
