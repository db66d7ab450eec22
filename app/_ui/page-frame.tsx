import clsx from 'clsx';
import { cookies } from 'next/headers';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { getCaller } from '../../server/trpc/caller';
import { themeCookie, themeOf } from './theme';
import { ThemeSwitch } from './theme-switch';
import { TopBar } from './top-bar';

type PageFrameProps = {
  children: ReactNode;
  crumbs?: ReactNode;
  /** hides the head where a page brings its own on a narrow screen */
  topBarClassName?: string;
  /** a page that fills the screen has no foot */
  foot?: boolean;
  /** hides the foot where a page fills a narrow screen */
  footClassName?: string;
  className?: string;
};

async function PageFoot({ className }: { className: string | undefined }) {
  const theme = themeOf((await cookies()).get(themeCookie)?.value);
  return (
    <footer
      className={clsx(
        'mt-10 flex flex-wrap items-center gap-x-5 gap-y-3 border-t border-line px-3 py-5 text-text-2 sm:px-5',
        className,
      )}
    >
      <span className="text-small text-text-3">Live commentary by people who were there</span>
      <span className="grow" />
      <Link href="/privacy" className="py-2.5 hover:text-text pointer-coarse:py-3">
        Privacy
      </Link>
      <Link href="/terms" className="py-2.5 hover:text-text pointer-coarse:py-3">
        Terms
      </Link>
      <ThemeSwitch initial={theme} />
    </footer>
  );
}

/** Head, main part and foot: what every page but the embedded player stands in. */
export async function PageFrame({
  children,
  crumbs,
  topBarClassName,
  foot = true,
  footClassName,
  className,
}: PageFrameProps) {
  const caller = await getCaller();
  const me = await caller.viewer.me();
  return (
    <>
      <a
        href="#content"
        className="absolute left-3 top-2 z-50 -translate-y-20 rounded-button bg-text px-4 py-2.5 font-semibold text-bg focus:translate-y-0"
      >
        Skip to the content
      </a>
      <div className="mx-auto flex min-h-dvh max-w-[1680px] flex-col">
        <TopBar me={me} crumbs={crumbs} className={topBarClassName} />
        <main id="content" tabIndex={-1} className={clsx('grow outline-none', className)}>
          {children}
        </main>
        {foot && <PageFoot className={footClassName} />}
      </div>
    </>
  );
}
