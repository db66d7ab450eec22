import 'react';

// React's style takes custom properties; its types do not say so.
declare module 'react' {
  interface CSSProperties {
    [name: `--${string}`]: string | number | undefined;
  }
}
