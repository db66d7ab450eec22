const heights = [14, 10, 4, 8, 15, 16, 12];

/** The bars of the voice that plays: the one thing on a page that loops. Still bars mean that nothing plays. */
export function VoiceBars({ moving, count = 5 }: { moving: boolean; count?: number }) {
  return (
    <svg width={count * 4} height="18" aria-hidden="true" className="shrink-0">
      {heights.slice(0, count).map((height, index) => (
        <rect
          key={height}
          x={index * 4}
          y={9 - height / 2}
          width="2"
          height={height}
          rx="1"
          fill="currentColor"
          className={moving ? 'origin-center animate-voice-bar [transform-box:fill-box]' : undefined}
          style={{ animationDelay: `${index * -170}ms` }}
        />
      ))}
    </svg>
  );
}
