import { stereoAudio } from '../../stream-node/contract/ladder';
import { OriginServer } from '../../stream-node/testing/origin-server';
import { SyntheticStream, syntheticVideo } from '../../stream-node/testing/synthetic-stream';

/**
 * The origin in a process of its own, so that its CPU time can be told: a stream of one picture and its sound, whose parts are
 * there beforehand and go out in time. Says its port, then answers every message with its CPU time so far.
 */
const [videoPartBytes = 0, audioPartBytes = 0] = process.argv.slice(2).map(Number);
const partMs = 1000 / 3;

const stream = new SyntheticStream({
  renditions: [syntheticVideo, stereoAudio],
  dvrWindowSeconds: 60,
  partBytes: (id) => (id === syntheticVideo.id ? videoPartBytes : audioPartBytes),
});
const { port, errors } = await OriginServer.start([stream]);
stream.publishParts(30);

const startedAtMs = performance.now();
let published = 0;
const publish = () => {
  const due = Math.floor((performance.now() - startedAtMs) / partMs);
  stream.publishParts(due - published);
  published = due;
  setTimeout(publish, startedAtMs + (published + 1) * partMs - performance.now());
};
publish();

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000, errors: errors.length });
});
process.on('disconnect', () => process.exit());
process.send?.({ port, streamId: stream.streamId });
