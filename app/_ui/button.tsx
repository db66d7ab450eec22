import type { ComponentProps } from 'react';
import { type ButtonLook, type ButtonSize, buttonStyle } from './button-style';

type ButtonProps = ComponentProps<'button'> & { look?: ButtonLook; size?: ButtonSize };

/** `size="icon"` wants an `aria-label`. */
export function Button({ look = 'plain', size = 'regular', type = 'button', className, ...rest }: ButtonProps) {
  return <button type={type} className={buttonStyle(look, size, className)} {...rest} />;
}
