'use client';

import { usePathname } from 'next/navigation';
import { ButtonLink } from './button-link';

/** To the sign-in page and back to where one is. */
export function SignInLink() {
  const pathname = usePathname();
  const back = pathname === '/' || pathname === '/sign-in' ? '' : `?callbackUrl=${encodeURIComponent(pathname)}`;
  return <ButtonLink href={`/sign-in${back}`}>Sign in</ButtonLink>;
}
