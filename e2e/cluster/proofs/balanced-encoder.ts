import { freePorts } from '../../fixtures/free-port';
import { Cluster } from '../cluster';
import { LiveEdgeWatch } from '../live-edge-watch';
import { RedialingEncoder } from '../redialing-encoder';
import { nginxHindrance, TcpNginx } from '../tcp-nginx';
import { type Figure, type Proof, until } from './proof';

const rounds = 3;

async function run(say: (line: string) => void): Promise<Figure[]> {
  await using cluster = await Cluster.start(3, { takesEncoders: true });
  const [port = 0] = await freePorts(1);
  const rtmpPorts = cluster.nodes.flatMap(({ rtmpPort }) => rtmpPort ?? []);
  await using _nginx = await TcpNginx.start(port, rtmpPorts);
  const { streamId, streamKey } = await cluster.makeEncoderStream();
  await using _encoder = new RedialingEncoder(`rtmp://127.0.0.1:${port}/live/${streamKey}`);
  using watch = new LiveEdgeWatch(() => cluster.playbackUrl(streamId));
  await until('the stream is live', () => watch.edgeMs > 0);
  let longestMs = 0;
  for (let round = 0; round < rounds; round += 1) {
    const node = cluster.nodeAt(watch.playlistUrl);
    const start = watch.edgeMs;
    await until('media flows', () => watch.edgeMs > start + 4000);
    watch.takeLongestSilenceMs();
    const struckAt = watch.edgeMs;
    await node.kill();
    const isElsewhere = () => !watch.playlistUrl.startsWith(node.publicUrl);
    await until('fans follow', () => isElsewhere() && watch.edgeMs > struckAt + 1000);
    const silenceMs = watch.takeLongestSilenceMs();
    longestMs = Math.max(longestMs, silenceMs);
    say(`${String(round + 1).padStart(3)}  nothing new for ${(silenceMs / 1000).toFixed(2)} s`);
    await node.start();
  }
  await cluster.end(streamId);
  return [{ what: 'fans saw nothing new, longest', value: longestMs, limit: 6000, unit: 'ms' }];
}

export const balancedEncoder: Proof = {
  name: 'balanced-encoder',
  what: 'an RTMP encoder redials one address, nginx (stream) before three nodes, of which the one it has is killed',
  isHindered: nginxHindrance,
  run,
};
