'use client';

import clsx from 'clsx';

export type PhoneTab = 'chat' | 'more';

const tabs: { value: PhoneTab; label: string }[] = [
  { value: 'chat', label: 'Chat' },
  { value: 'more', label: 'Match' },
];

/** On a narrow screen chat and the rest share one place. */
export function PhoneTabs(props: { tab: PhoneTab; onTab: (tab: PhoneTab) => void; className?: string }) {
  return (
    <fieldset className={clsx('flex border-b border-line px-3', props.className)}>
      <legend className="sr-only">Show</legend>
      {tabs.map(({ value, label }) => (
        <button
          key={value}
          type="button"
          aria-pressed={props.tab === value}
          onClick={() => props.onTab(value)}
          className={clsx(
            'h-11 grow border-b-3 pt-1 font-display text-lead font-bold -outline-offset-3',
            props.tab === value ? 'border-text text-text' : 'border-transparent text-text-2',
          )}
        >
          {label}
        </button>
      ))}
    </fieldset>
  );
}
