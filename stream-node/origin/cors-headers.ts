/**
 * Any page may play, and may read its loading times. There are no cookies here, so the wildcards are safe, and they are
 * short: they go out with every part.
 */
export const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': '*',
  'timing-allow-origin': '*',
} as const;
