import type { AbrController, HlsConfig, Loader, PlaylistLoaderContext } from 'hls.js';
import type { PlaybackSource } from './playback-engine';

/** Where a player joins, in seconds behind the edge; the latency controller takes it closer. */
export function joinBehindSeconds({ kind, profile }: PlaybackSource): number {
  if (kind === 'audio') {
    return 1.6;
  }
  return profile === 'balanced' ? 0.75 : 0.5;
}

/**
 * Where a player belongs that plays whole segments, in seconds behind the edge: one that is being made, one that has just
 * been heard of, and a second to fetch it.
 */
export const segmentsBehindSeconds = 5;

/** What takes the place of parts of hls.js. */
type OwnParts = {
  playlistLoader: new (config: HlsConfig) => Loader<PlaylistLoaderContext>;
  quality: typeof AbrController;
};

/** The settings of hls.js for a source. What is not named is its default; each line has its reason. */
export function hlsConfig(source: PlaybackSource, { playlistLoader, quality }: OwnParts): Partial<HlsConfig> {
  const shared: Partial<HlsConfig> = {
    // Safari on a phone has only the managed kind, and plays low latency through it.
    preferManagedMediaSource: true,
    // A playlist at an impossible size of picture helps nobody on a phone.
    capLevelToPlayerSize: true,
    // A quality that was chosen stays chosen over a break, where a rung may lack a segment that the others have.
    preserveManualLevelOnError: true,
    backBufferLength: 30,
    // Recovery is ours: with back-off, told in words, and without end (player.ts).
    enableWorker: true,
  };
  if (!source.isLive || source.isThin) {
    // Sound is so small that the bound of the buffer in bytes is ten minutes, and who leaves earlier has paid for them. Thin
    // mode is plain HLS: by itself the library keeps three segments from the edge and asks once for each.
    return { ...shared, maxBufferLength: 30, maxMaxBufferLength: 60, lowLatencyMode: false };
  }
  return {
    ...shared,
    pLoader: playlistLoader,
    abrController: quality,
    lowLatencyMode: true,
    // The rate is set by our own controller: hls.js stops catching up at one second of buffer.
    maxLiveSyncPlaybackRate: 1,
    liveSyncDuration: joinBehindSeconds(source),
    // Each stall would otherwise move the target back by a second.
    liveSyncOnStallIncrease: 0,
    liveDurationInfinity: true,
    // Parts shorter than the default tolerance of 0.25 s would be skipped at a segment's end.
    maxFragLookUpTolerance: 0.1,
    highBufferWatchdogPeriod: 1,
    // The lowest rung starts soonest; the line is known after the first segment.
    abrEwmaDefaultEstimate: 1_500_000,
  };
}
