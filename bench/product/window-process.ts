import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { commentaryAudio, stereoAudio, type VideoRendition } from '../../stream-node/contract/ladder';
import { SyntheticStream, syntheticVideo } from '../../stream-node/testing/synthetic-stream';

/**
 * A packager that holds three rungs and their sound in memory, and is fed a minute of media a second.
 * Tells its resident memory before the first part, with a full window, and at every minute of media after that.
 */
const memorySeconds = 100;
const minutes = Number(process.argv[2]);
const kilobitsPerSecond: Record<string, number> = {
  '720p': 2500,
  '480p': 1200,
  '360p': 700,
  audio128: 128,
  audio64: 64,
};
const partSeconds = 1 / 3;
/**
 * How much faster than life. Garbage is collected beside the program, in some tens of milliseconds: as fast as it goes, half a
 * minute of media would come meanwhile, and the collector would seem to be that much behind.
 */
const speed = 60;
/** What is not worth a sleep. */
const aheadMsMin = 10;

const rung = (height: number): VideoRendition => ({
  ...syntheticVideo,
  id: `${height}p`,
  height,
  width: (height * 16) / 9,
});
const renditions = [rung(720), { ...rung(480), width: 854 }, rung(360), stereoAudio, commentaryAudio];
const beforeBytes = process.memoryUsage.rss();
/** Media time: what left the playlist is kept by the clock, and a clock that stood still would keep it all. */
let nowMs = 0;
const stream = new SyntheticStream({
  clock: { nowMs: () => nowMs },
  renditions,
  dvrWindowSeconds: memorySeconds,
  partBytes: (id) => Math.round(((kilobitsPerSecond[id] ?? 0) * 1000 * partSeconds) / 8),
});

async function publishUntil(seconds: number): Promise<void> {
  const [fromMs, fromMediaMs] = [performance.now(), nowMs];
  while (stream.nextPartEndSeconds() <= seconds) {
    nowMs = stream.nextPartEndSeconds() * 1000;
    stream.publishUntil(nowMs / 1000);
    const aheadMs = (nowMs - fromMediaMs) / speed - (performance.now() - fromMs);
    // As between two parts of a real encoder, whatever waits has its turn.
    await (aheadMs > aheadMsMin ? sleep(aheadMs) : turn());
  }
}

await publishUntil(memorySeconds + 30);
const windowBytes = renditions.reduce((sum, { id }) => sum + (stream.window(id)?.heldBytes ?? 0), 0);
const residentBytes = [process.memoryUsage.rss()];
for (let minute = 1; minute <= minutes; minute += 1) {
  await publishUntil(memorySeconds + 30 + minute * 60);
  residentBytes.push(process.memoryUsage.rss());
}
process.send?.({ beforeBytes, windowBytes, residentBytes });
