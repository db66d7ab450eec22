'use client';

import clsx from 'clsx';

type SaveDataSwitchProps = { isOn: boolean; onChange: (isOn: boolean) => void };

/** "Save data": sound alone at the fewest bytes, twenty seconds behind. */
export function SaveDataSwitch({ isOn, onChange }: SaveDataSwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={isOn}
      title="Sound only, about twenty seconds behind"
      onClick={() => onChange(!isOn)}
      className={clsx(
        'inline-flex h-8 shrink-0 items-center gap-1.5 rounded-full px-3 text-[13px] font-medium whitespace-nowrap pointer-coarse:h-11',
        isOn ? 'bg-text text-bg' : 'text-text-2 inset-ring inset-ring-text-3 hover:text-text',
      )}
    >
      Save data
    </button>
  );
}
