import { IconCalendarPlus } from '@tabler/icons-react';
import clsx from 'clsx';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { SessionUser } from '../../server/users/session-user';
import { ButtonLink } from './button-link';
import { buttonStyle } from './button-style';
import { Logo } from './logo';
import { SignInLink } from './sign-in-link';
import { UserMenu } from './user-menu';

type TopBarProps = {
  me: SessionUser | null;
  /** where one is, in place of the ways elsewhere */
  crumbs?: ReactNode;
  className?: string;
};

const places = [
  { href: '/', label: 'Live now' },
  { href: '/#coming-up', label: 'Coming up' },
  { href: '/#listen-again', label: 'Listen again' },
];

/** The head of every page but the embedded player. */
export function TopBar({ me, crumbs, className }: TopBarProps) {
  return (
    <header className={clsx('flex h-15 items-center gap-2 px-3 sm:gap-4 sm:px-5', className)}>
      <Link href="/" aria-label="zyzz, home" className="rounded-button py-1.5">
        <Logo isMarkOnPhone={crumbs !== undefined} />
      </Link>
      {crumbs ?? (
        <nav aria-label="Pages" className="hidden items-center md:flex">
          {places.map(({ href, label }) => (
            <Link key={href} href={href} className={buttonStyle('quiet', 'regular')}>
              {label}
            </Link>
          ))}
        </nav>
      )}
      <span className="grow" />
      {me === null ? (
        <SignInLink />
      ) : (
        <>
          <ButtonLink
            href="/events/new"
            aria-label="New event"
            className={clsx('px-3 sm:px-4', crumbs !== undefined && 'max-sm:hidden')}
          >
            <IconCalendarPlus size={18} aria-hidden />
            <span className="hidden sm:inline">New event</span>
          </ButtonLink>
          <UserMenu me={me} />
        </>
      )}
    </header>
  );
}
