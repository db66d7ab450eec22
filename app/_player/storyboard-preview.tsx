import type { StoryboardTile } from './storyboard';

type StoryboardPreviewProps = {
  tile: StoryboardTile | undefined;
  /** where on the dial, 0 to 1 */
  fraction: number;
  /** the time there, in few characters */
  label: string;
};

/** half of the widest picture: it stays inside the dial */
const halfWidth = 80;

/** What lies at the place of the dial that is pointed at: its time, and its picture where there is one. */
export function StoryboardPreview({ tile, fraction, label }: StoryboardPreviewProps) {
  return (
    <span
      aria-hidden
      data-testid="preview"
      className="pointer-events-none absolute bottom-full z-10 mb-1 flex -translate-x-1/2 flex-col items-center gap-1"
      style={{ left: `clamp(${halfWidth}px, ${fraction * 100}%, calc(100% - ${halfWidth}px))` }}
    >
      {tile !== undefined && (
        <span
          className="block rounded-tile bg-tile bg-no-repeat inset-ring inset-ring-line"
          style={{
            width: tile.width,
            height: tile.height,
            backgroundImage: `url("${tile.url}")`,
            backgroundPosition: `-${tile.x}px -${tile.y}px`,
          }}
        />
      )}
      <span className="rounded-tile bg-raised px-2 py-0.5 text-small whitespace-nowrap text-text tabular-nums">
        {label}
      </span>
    </span>
  );
}
