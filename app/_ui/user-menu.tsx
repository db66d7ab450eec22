'use client';

import Link from 'next/link';
import { signOut } from 'next-auth/react';
import { DropdownMenu } from 'radix-ui';
import type { SessionUser } from '../../server/users/session-user';
import { Avatar } from './avatar';

const itemStyle =
  'flex h-11 items-center rounded-button px-3 font-medium text-text outline-none select-none data-[highlighted]:bg-raised data-[highlighted]:inset-ring-2 data-[highlighted]:inset-ring-text';

/** Behind one's own face: profile, studio, settings, for operators their page, sign out. */
export function UserMenu({ me }: { me: SessionUser }) {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger aria-label={`Your menu, ${me.name}`} className="rounded-full p-0.5 pointer-coarse:p-1">
        <Avatar person={me} size={36} round />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={8}
          className="z-50 w-56 animate-rise rounded-row bg-surface p-1.5 inset-ring inset-ring-line drop-shadow-xl"
        >
          <DropdownMenu.Label className="truncate px-3 pt-2 pb-1.5 text-small text-text-3">
            {me.name}
          </DropdownMenu.Label>
          <DropdownMenu.Item asChild>
            <Link href={`/user/${me.id}`} className={itemStyle}>
              Your profile
            </Link>
          </DropdownMenu.Item>
          <DropdownMenu.Item asChild>
            <Link href="/studio" className={itemStyle}>
              Studio
            </Link>
          </DropdownMenu.Item>
          <DropdownMenu.Item asChild>
            <Link href="/settings" className={itemStyle}>
              Settings
            </Link>
          </DropdownMenu.Item>
          {me.role === 'operator' && (
            <DropdownMenu.Item asChild>
              <Link href="/admin" className={itemStyle}>
                Operators
              </Link>
            </DropdownMenu.Item>
          )}
          <DropdownMenu.Separator className="my-1.5 h-px bg-line" />
          <DropdownMenu.Item className={itemStyle} onSelect={() => void signOut({ callbackUrl: '/' })}>
            Sign out
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
