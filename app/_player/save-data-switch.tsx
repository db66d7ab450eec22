'use client';

import clsx from 'clsx';

type SaveDataSwitchProps = { isOn: boolean; usedBytes: number; onChange: (isOn: boolean) => void };

/** "Save data": sound alone at the fewest bytes, twenty seconds behind; and what the page has used so far. */
export function SaveDataSwitch({ isOn, usedBytes, onChange }: SaveDataSwitchProps) {
  return (
    <span className="inline-flex items-center gap-2">
      <span
        className="min-w-14 text-right text-small text-text-2 tabular-nums"
        title="What the media has cost on this page so far"
      >
        <span data-testid="used-megabytes">{(usedBytes / 1_000_000).toFixed(1)}</span> MB
      </span>
      <button
        type="button"
        role="switch"
        aria-checked={isOn}
        title="Sound only, about twenty seconds behind"
        onClick={() => onChange(!isOn)}
        className={clsx(
          'inline-flex h-8 shrink-0 items-center gap-1.5 rounded-full px-3 text-[13px] whitespace-nowrap pointer-coarse:h-11',
          isOn
            ? 'bg-text font-semibold text-bg'
            : 'font-medium text-text-2 inset-ring inset-ring-text-3 hover:text-text',
        )}
      >
        Save data
      </button>
    </span>
  );
}
