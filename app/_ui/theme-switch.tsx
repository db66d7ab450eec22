'use client';

import { ToggleGroup } from 'radix-ui';
import { useState } from 'react';
import { type Theme, themeCookie, themeOf } from './theme';

const choices = [
  { value: 'system', label: 'As my device' },
  { value: 'dark', label: 'Night' },
  { value: 'light', label: 'Day' },
] as const;

function keepTheme(theme: Theme | undefined) {
  if (theme === undefined) {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = theme;
  }
  const value = theme === undefined ? '; max-age=0' : `${theme}; max-age=31536000`;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox and older Safari
  document.cookie = `${themeCookie}=${value}; path=/; samesite=lax`;
}

/** Night, day, or as the device has it. The server renders the choice, so a page never flashes in the wrong one. */
export function ThemeSwitch({ initial }: { initial: Theme | undefined }) {
  const [chosen, setChosen] = useState<string>(initial ?? 'system');
  return (
    <ToggleGroup.Root
      type="single"
      value={chosen}
      onValueChange={(value) => {
        if (value !== '') {
          setChosen(value);
          keepTheme(themeOf(value));
        }
      }}
      aria-label="Theme"
      className="inline-flex rounded-full bg-surface p-1 inset-ring inset-ring-line"
    >
      {choices.map(({ value, label }) => (
        <ToggleGroup.Item
          key={value}
          value={value}
          className="h-10 rounded-full px-3.5 text-small font-medium text-text-2 hover:text-text data-[state=on]:bg-text data-[state=on]:text-bg sm:h-8 pointer-coarse:h-11"
        >
          {label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
