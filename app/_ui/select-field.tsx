'use client';

import { IconCheck, IconChevronDown } from '@tabler/icons-react';
import { Select } from 'radix-ui';
import { type ReactNode, useId } from 'react';

type SelectFieldProps = {
  label: string;
  value: string;
  options: { value: string; label: string }[];
  onChange: (value: string) => void;
  hint?: ReactNode;
  disabled?: boolean;
};

/** One of a list: combobox "<label>". */
export function SelectField({ label, value, options, onChange, hint, disabled }: SelectFieldProps) {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <span id={id} className="font-semibold">
        {label}
      </span>
      <Select.Root value={value} onValueChange={onChange} disabled={disabled}>
        <Select.Trigger
          aria-labelledby={id}
          className="flex h-11 w-full items-center gap-2 rounded-button bg-bg px-3 text-left text-lead inset-ring inset-ring-text-3 disabled:text-text-3 sm:text-body"
        >
          <span className="min-w-0 grow truncate">
            {/* given here, since the options are not rendered until the list opens */}
            <Select.Value>{options.find((option) => option.value === value)?.label ?? value}</Select.Value>
          </span>
          <Select.Icon>
            <IconChevronDown size={18} aria-hidden />
          </Select.Icon>
        </Select.Trigger>
        <Select.Portal>
          <Select.Content
            position="popper"
            sideOffset={6}
            className="z-50 max-h-(--radix-select-content-available-height) w-(--radix-select-trigger-width) animate-appear overflow-hidden rounded-row bg-surface inset-ring inset-ring-line drop-shadow-xl"
          >
            <Select.Viewport className="p-1.5">
              {options.map((option) => (
                <Select.Item
                  key={option.value}
                  value={option.value}
                  className="flex h-11 items-center gap-2 rounded-button px-3 outline-none select-none data-[highlighted]:bg-raised data-[highlighted]:inset-ring-2 data-[highlighted]:inset-ring-text"
                >
                  <span className="min-w-0 grow truncate">
                    <Select.ItemText>{option.label}</Select.ItemText>
                  </span>
                  <Select.ItemIndicator>
                    <IconCheck size={18} aria-hidden />
                  </Select.ItemIndicator>
                </Select.Item>
              ))}
            </Select.Viewport>
          </Select.Content>
        </Select.Portal>
      </Select.Root>
      {hint !== undefined && <span className="text-small text-text-3">{hint}</span>}
    </div>
  );
}
