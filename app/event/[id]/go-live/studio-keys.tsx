'use client';

import clsx from 'clsx';
import { useEffect, useState } from 'react';

type StudioKeysProps = {
  isMuted: boolean;
  onMuted: (isMuted: boolean) => void;
  /** held down: silent for as long */
  onCough: (isHeld: boolean) => void;
};

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
const isPressable = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.matches('button, a, [role]');

/** Cough and mute, by hand and by single keys; the keys act only outside of fields, and can be switched off. */
export function StudioKeys({ isMuted, onMuted, onCough }: StudioKeysProps) {
  const [isCoughing, setCoughing] = useState(false);
  const [hasKeys, setHasKeys] = useState(true);
  const cough = (isHeld: boolean) => {
    setCoughing(isHeld);
    onCough(isHeld);
  };
  useEffect(() => {
    if (!hasKeys) {
      return;
    }
    const onDown = (event: KeyboardEvent) => {
      if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) {
        return;
      }
      if (event.key === 'm' || event.key === 'M') {
        onMuted(!isMuted);
      } else if (event.key === ' ' && !isPressable(event.target)) {
        event.preventDefault();
        setCoughing(true);
        onCough(true);
      }
    };
    const onUp = (event: KeyboardEvent) => {
      if (event.key === ' ') {
        setCoughing(false);
        onCough(false);
      }
    };
    window.addEventListener('keydown', onDown);
    window.addEventListener('keyup', onUp);
    return () => {
      window.removeEventListener('keydown', onDown);
      window.removeEventListener('keyup', onUp);
    };
  }, [hasKeys, isMuted, onMuted, onCough]);

  const key = 'flex h-21 flex-col items-center justify-center rounded-row font-display text-section select-none';
  return (
    <div className="mt-4">
      <div className="grid grid-cols-2 gap-3">
        <button
          type="button"
          aria-pressed={isCoughing}
          onPointerDown={() => cough(true)}
          onPointerUp={() => cough(false)}
          onPointerLeave={() => cough(false)}
          onPointerCancel={() => cough(false)}
          onBlur={() => cough(false)}
          onKeyDown={({ key: pressed }) => (pressed === ' ' || pressed === 'Enter') && cough(true)}
          onKeyUp={() => cough(false)}
          className={clsx(key, isCoughing ? 'bg-text text-bg' : 'bg-raised inset-ring inset-ring-line')}
        >
          Cough
          <small className="font-body text-small font-normal opacity-80">hold space to mute</small>
        </button>
        <button
          type="button"
          aria-pressed={isMuted}
          aria-keyshortcuts="M"
          onClick={() => onMuted(!isMuted)}
          className={clsx(key, isMuted ? 'bg-text text-bg' : 'bg-raised inset-ring inset-ring-line')}
        >
          {isMuted ? 'Muted' : 'Mute'}
          <small aria-hidden className="font-body text-small font-normal opacity-80">
            M
          </small>
        </button>
      </div>
      <label className="mt-3 flex w-fit items-center gap-2.5 py-1 text-text-2">
        <input
          type="checkbox"
          checked={hasKeys}
          onChange={({ target }) => setHasKeys(target.checked)}
          className="size-4.5 accent-text"
        />
        Single keys: space and M
      </label>
    </div>
  );
}
