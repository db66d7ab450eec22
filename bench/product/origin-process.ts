import { stereoAudio } from '../../stream-node/contract/ladder';
import { LatencyProfile } from '../../stream-node/contract/profiles';
import { OriginServer } from '../../stream-node/testing/origin-server';
import { SyntheticStream, syntheticVideo } from '../../stream-node/testing/synthetic-stream';

/**
 * The origin in a process of its own, so that its CPU time can be told: a stream of one picture and its sound, whose parts are
 * there beforehand and go out when their media would end, those of the sound at other moments than those of the picture. Says
 * its port, then answers every message with its CPU time so far.
 */
const [profile, ...sizes] = process.argv.slice(2);
const [videoPartBytes = 0, audioPartBytes = 0] = sizes.map(Number);
/** So much is there before the first client comes. */
const aheadSeconds = 10;

const stream = new SyntheticStream({
  profile: LatencyProfile.parse(profile),
  renditions: [syntheticVideo, stereoAudio],
  dvrWindowSeconds: 60,
  partBytes: (id) => (id === syntheticVideo.id ? videoPartBytes : audioPartBytes),
});
const { port, errors } = await OriginServer.start([stream]);
stream.publishUntil(aheadSeconds);

const startedAtMs = performance.now();
function publishNext(): void {
  const endSeconds = stream.nextPartEndSeconds();
  const waitMs = startedAtMs + (endSeconds - aheadSeconds) * 1000 - performance.now();
  setTimeout(() => {
    stream.publishUntil(endSeconds);
    publishNext();
  }, waitMs);
}
publishNext();

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000, errors: errors.length });
});
process.on('disconnect', () => process.exit());
process.send?.({ port, streamId: stream.streamId });
