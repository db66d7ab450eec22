/** The cookie that holds a chosen theme; without it the system's preference counts. */
export const themeCookie = 'zyzz-theme';

export type Theme = 'dark' | 'light';

/** A cookie's value as a theme; anything else is no choice. */
export function themeOf(value: string | undefined): Theme | undefined {
  return value === 'dark' || value === 'light' ? value : undefined;
}
