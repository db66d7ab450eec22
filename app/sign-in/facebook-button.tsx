'use client';

import { IconBrandFacebookFilled } from '@tabler/icons-react';
import { signIn } from 'next-auth/react';
import { useState } from 'react';
import { Button } from '../_ui/button';

/** Off to Facebook and back to `callbackPath`. */
export function FacebookButton({ callbackPath }: { callbackPath: string }) {
  const [leaving, setLeaving] = useState(false);
  return (
    <Button
      look="lamp"
      size="large"
      className="w-full"
      disabled={leaving}
      onClick={() => {
        setLeaving(true);
        signIn('facebook', { callbackUrl: callbackPath }).catch(() => setLeaving(false));
      }}
    >
      <IconBrandFacebookFilled size={22} aria-hidden />
      Continue with Facebook
    </Button>
  );
}
