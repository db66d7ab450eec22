import type Hls from 'hls.js';
import type { AbrController, Events, FragBufferedData, Level, Part } from 'hls.js';

/**
 * What a part of a level stands for, in bytes. A part of a still picture is a kilobyte, and its way takes as long as one
 * of thirty: taken by its own bytes, the line of somebody who watches a quiet scene would be too slow for what they watch. A
 * level that needs a tenth of what it may have says that the others need as much less of theirs; so it is counted as if it had
 * come full.
 */
export function bytesStoodFor(loadedBytes: number, durationSeconds: number, levelBitsPerSecond: number): number {
  return Math.max(loadedBytes, (levelBitsPerSecond * durationSeconds) / 8);
}

/** hls.js's own choice of quality by the line, which reckons with whole segments, for a line on which parts come one by one. */
export function partWiseQuality(HlsClass: typeof Hls): typeof AbrController {
  return class PartWiseQuality extends HlsClass.DefaultConfig.abrController {
    protected override onFragBuffered(event: Events.FRAG_BUFFERED, data: FragBufferedData): void {
      const level: Level | undefined = this.hls.levels[data.frag.level];
      if (data.part === null || level === undefined || data.frag.type !== 'main') {
        super.onFragBuffered(event, data);
        return;
      }
      const { stats, duration } = data.part;
      const loaded = bytesStoodFor(stats.loaded, duration, level.averageBitrate);
      const part: Part = Object.create(data.part, { stats: { value: { ...stats, loaded } } });
      super.onFragBuffered(event, { ...data, part });
    }
  };
}
