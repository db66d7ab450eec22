import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { serverEnv } from '../server/env';
import { Providers } from './_client/providers';
import { timeZoneCookie, zoneOf } from './_client/time-zone-cookie';
import { themeCookie, themeOf } from './_ui/theme';
import { fontClassNames } from './fonts';
import './globals.css';

// Every page knows who reads it, so none is made at build time.
export const dynamic = 'force-dynamic';

const description =
  'Hear any match called by people who are there, about a second behind the ball. Pick a voice, in your language.';

export function generateMetadata(): Metadata {
  return {
    metadataBase: new URL(serverEnv().publicUrl),
    title: { default: 'zyzz, live commentary by people who were there', template: '%s · zyzz' },
    description,
    applicationName: 'zyzz',
    openGraph: { siteName: 'zyzz', type: 'website', description },
  };
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  viewportFit: 'cover',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#e8eee6' },
    { media: '(prefers-color-scheme: dark)', color: '#0a1915' },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const cookieStore = await cookies();
  const theme = themeOf(cookieStore.get(themeCookie)?.value);
  return (
    <html lang="en" data-theme={theme} className={fontClassNames}>
      <body>
        <Providers timeZone={zoneOf(cookieStore.get(timeZoneCookie)?.value)}>{children}</Providers>
      </body>
    </html>
  );
}
