import type { Metadata } from 'next';
import { ButtonLink } from './_ui/button-link';
import { ErrorState } from './_ui/error-state';
import { PageFrame } from './_ui/page-frame';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFoundPage() {
  return (
    <PageFrame>
      <ErrorState
        title="Nobody at this end of the ground"
        action={
          <ButtonLink href="/" look="lamp">
            See what is live
          </ButtonLink>
        }
      >
        This page does not exist, or its owner has removed it.
      </ErrorState>
    </PageFrame>
  );
}
