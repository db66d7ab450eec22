import Link from 'next/link';
import type { ComponentProps } from 'react';
import { type ButtonLook, type ButtonSize, buttonStyle } from './button-style';

type ButtonLinkProps = ComponentProps<typeof Link> & { look?: ButtonLook; size?: ButtonSize };

/** A link that looks like a button: it goes somewhere, it does nothing else. */
export function ButtonLink({ look = 'plain', size = 'regular', className, ...rest }: ButtonLinkProps) {
  return <Link className={buttonStyle(look, size, className)} {...rest} />;
}
