import clsx from 'clsx';

const heights = [14, 10, 4, 8, 15, 16, 12];

/**
 * The bars of the voice that plays: the one thing on a page that loops. Still bars mean that nothing plays. They are boxes and
 * not an SVG, whose animated parts would be laid out and painted anew sixty times a second, by the thread that plays the media.
 */
export function VoiceBars({ moving, count = 5 }: { moving: boolean; count?: number }) {
  return (
    <span aria-hidden="true" className="flex h-4.5 shrink-0 items-center gap-0.5">
      {heights.slice(0, count).map((height, index) => (
        <span
          key={height}
          className={clsx('w-0.5 rounded-full bg-current', moving && 'animate-voice-bar')}
          style={{ height, animationDelay: `${index * -170}ms` }}
        />
      ))}
    </span>
  );
}
