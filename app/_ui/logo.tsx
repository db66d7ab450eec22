/** Voice bars around a cricket ball. */
export function LogoMark({ className }: { className?: string }) {
  return (
    <svg width="34" height="26" viewBox="0 0 34 26" aria-hidden="true" className={className}>
      <g fill="#ffc940">
        <rect x="0" y="9" width="4" height="8" rx="2" />
        <rect x="7" y="3" width="4" height="20" rx="2" />
        <rect x="27" y="6" width="4" height="14" rx="2" />
      </g>
      <circle cx="19" cy="13" r="6" fill="#e23b2b" />
      <path
        d="M15.5 9.5c2.3 2 2.3 5 0 7M22.5 9.5c-2.3 2-2.3 5 0 7"
        stroke="#fff"
        strokeWidth="1.2"
        strokeDasharray="1.5 1.3"
        fill="none"
      />
    </svg>
  );
}

/** The mark and the word. @param isMarkOnPhone leaves the word out where there is little room */
export function Logo({ isMarkOnPhone = false }: { isMarkOnPhone?: boolean }) {
  return (
    <span className="inline-flex items-center gap-2 font-display text-[27px] leading-none font-extrabold tracking-[-0.03em] text-text">
      <LogoMark />
      <span className={isMarkOnPhone ? 'pt-0.5 max-sm:hidden' : 'pt-0.5'}>zyzz</span>
    </span>
  );
}
