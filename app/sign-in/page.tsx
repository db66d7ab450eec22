import type { Metadata } from 'next';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { offersLocalSignIn, serverEnv } from '../../server/env';
import { getCaller } from '../../server/trpc/caller';
import { Ground } from '../_ui/ground';
import { PageFrame } from '../_ui/page-frame';
import { callbackPath } from './callback-path';
import { FacebookButton } from './facebook-button';
import { LocalSignInForm } from './local-sign-in-form';
import { signInFault } from './sign-in-fault';

export const metadata: Metadata = { title: 'Sign in', robots: { index: false } };

type SignInPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const { callbackUrl, error } = await searchParams;
  const env = serverEnv();
  const backTo = callbackPath(callbackUrl, env.publicUrl);
  const caller = await getCaller();
  if ((await caller.viewer.me()) !== null) {
    redirect(backTo);
  }
  const fault = signInFault(typeof error === 'string' ? error : undefined);
  return (
    <PageFrame>
      <div className="relative mx-3 overflow-hidden rounded-panel sm:mx-5">
        <Ground light="night" className="absolute inset-0 size-full" />
        <div className="relative flex min-h-[calc(100dvh-220px)] items-center justify-center px-4 py-10">
          <div className="flex w-full max-w-md flex-col gap-5 rounded-panel bg-surface p-6 sm:p-8">
            <h1 className="text-title">Take your seat</h1>
            {fault === null ? (
              <p className="text-text-2">Listening needs no account. Sign in to chat, or to call a match yourself.</p>
            ) : (
              <div role="alert" className="rounded-button border-l-4 border-live-fill bg-raised px-4 py-3">
                <p className="font-semibold">{fault.title}</p>
                <p className="text-text-2">{fault.advice}</p>
              </div>
            )}
            {env.facebook !== null && <FacebookButton callbackPath={backTo} />}
            {offersLocalSignIn(env) && <LocalSignInForm callbackPath={backTo} />}
            <p className="text-small text-text-3">
              By going on you agree to the{' '}
              <Link href="/terms" className="text-text-2 underline">
                terms
              </Link>{' '}
              and the{' '}
              <Link href="/privacy" className="text-text-2 underline">
                privacy notice
              </Link>
              .
            </p>
          </div>
        </div>
      </div>
    </PageFrame>
  );
}
