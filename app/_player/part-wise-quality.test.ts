import Hls, { type Events, type FragBufferedData, type HlsConfig, type Level } from 'hls.js';
import { expect, test } from 'vitest';
import { partWiseQuality } from './part-wise-quality';

const partSeconds = 0.2;
const trace = () => undefined;
const partMs = partSeconds * 1000;

/** hls.js's estimate of the line, in bits a second, after two seconds of parts of which each comes as it is said. */
function estimate(part: { bytes: number; fetchMs: number }, level: { averageBitrate: number }): number {
  const hls = {
    config: Hls.DefaultConfig as HlsConfig,
    levels: [level as Level],
    logger: { trace, debug: trace, log: trace, warn: trace, info: trace, error: trace },
    on: () => undefined,
  };
  class Told extends partWiseQuality(Hls) {
    tell(data: FragBufferedData): void {
      this.onFragBuffered('hlsFragBuffered' as Events.FRAG_BUFFERED, data);
    }
  }
  const quality = new Told(hls as unknown as Hls);
  for (let startMs = 0; startMs < 2000; startMs += partMs) {
    const end = startMs + part.fetchMs;
    const stats = {
      loaded: part.bytes,
      aborted: false,
      loading: { start: startMs, first: startMs, end },
      parsing: { end },
    };
    const frag = { type: 'main', level: 0, sn: 1, bitrate: level.averageBitrate, stats };
    quality.tell({ frag, part: { stats, duration: partSeconds }, stats, id: 'main' } as unknown as FragBufferedData);
  }
  return quality.bwEstimator.getEstimate();
}

test('who watches a still picture on a quick line may have more of it', () => {
  const bitsPerSecond = estimate({ bytes: 1000, fetchMs: 20 }, { averageBitrate: 900_000 });
  expect(bitsPerSecond).toBeCloseTo((900_000 * partSeconds) / 0.02, -3);
});

test('a part that takes longer than it plays says that the line is too slow, whatever is in it', () => {
  expect(estimate({ bytes: 22_500, fetchMs: 400 }, { averageBitrate: 900_000 })).toBeCloseTo(450_000, -3);
  expect(estimate({ bytes: 1000, fetchMs: 400 }, { averageBitrate: 900_000 })).toBeCloseTo(450_000, -3);
});

test('a part that is larger than its level says counts for what it is', () => {
  expect(estimate({ bytes: 45_000, fetchMs: 100 }, { averageBitrate: 900_000 })).toBeCloseTo(3_600_000, -3);
});
