'use client';

import ErrorPage from './error';
import './globals.css';

/** The last resort, when even the frame of the pages fails. */
export default function GlobalErrorPage(props: { error: Error; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <ErrorPage {...props} />
      </body>
    </html>
  );
}
