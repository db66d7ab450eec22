import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import wrtc from '@roamhq/wrtc';
import { lumaAt } from './told-seconds';

// A WHIP client by another WebRTC stack than the node's (Google's, in @roamhq/wrtc), in a process of its own: native code that
// fails must not take a test runner with it. It reads one line of JSON, publishes, and says on stdout how it goes; another
// line "delete" ends its session in good order, "resize" turns the picture.

const { RTCPeerConnection, nonstandard } = wrtc;

type Orders = {
  url: string;
  streamKey: string;
  hasVideo: boolean;
  hasAudio: boolean;
  /** of the media packets it sends, how many are lost on the way, 0 to 1 */
  lossShare: number;
};

const sampleRate = 48_000;
const chunkSamples = sampleRate / 100;
const frameRate = 30;
/** Each second begins with a beep; each picture tells by its brightness how much of its second has passed. */
const beepSeconds = 0.1;

let size = { width: 160, height: 90 };

function picture(atSeconds: number): { width: number; height: number; data: Uint8Array } {
  const { width, height } = size;
  const data = new Uint8Array((width * height * 3) / 2).fill(128);
  data.fill(lumaAt(atSeconds), 0, width * height);
  // Something moves, or an encoder would have nothing to do.
  const left = Math.floor((atSeconds * 40) % (width - 16));
  for (let row = height - 16; row < height; row += 1) {
    data.fill(90, row * width + left, row * width + left + 16);
  }
  return { width, height, data };
}

function sound(firstSample: number): Int16Array {
  return Int16Array.from({ length: chunkSamples }, (_, index) => {
    const seconds = (firstSample + index) / sampleRate;
    const loudness = seconds % 1 < beepSeconds ? 16_000 : 300;
    return loudness * Math.sin(2 * Math.PI * 1000 * seconds);
  });
}

/** A line that loses packets: the answer, with a relay in the place of the node's address. */
async function overBadLine(answer: string, lossShare: number): Promise<string> {
  const [, host = '', port = ''] = /a=candidate:\S+ 1 UDP \d+ (127\.0\.0\.1) (\d+)/.exec(answer) ?? [];
  const [inner, outer] = [createSocket('udp4'), createSocket('udp4')];
  outer.bind(0, '127.0.0.1');
  inner.bind(0, '127.0.0.1');
  await Promise.all([once(outer, 'listening'), once(inner, 'listening')]);
  let sender: RemoteInfo | undefined;
  let packets = 0;
  outer.on('message', (packet, from) => {
    sender = from;
    // Media is told from STUN and DTLS by its first byte (RFC 7983), and lost at even distances, so that each run is alike.
    const isMedia = (packet[0] ?? 0) >= 128;
    packets += isMedia ? 1 : 0;
    if (!isMedia || Math.floor(packets * lossShare) === Math.floor((packets - 1) * lossShare)) {
      inner.send(packet, Number(port), host);
    }
  });
  inner.on('message', (packet) => sender && outer.send(packet, sender.port, sender.address));
  return answer.replaceAll(`127.0.0.1 ${port}`, `127.0.0.1 ${outer.address().port}`);
}

function say(news: object): void {
  process.stdout.write(`${JSON.stringify(news)}\n`);
}

async function publish({ url, streamKey, hasVideo, hasAudio, lossShare }: Orders) {
  const video = new nonstandard.RTCVideoSource();
  const audio = new nonstandard.RTCAudioSource();
  const connection = new RTCPeerConnection();
  for (const track of [...(hasVideo ? [video.createTrack()] : []), ...(hasAudio ? [audio.createTrack()] : [])]) {
    connection.addTransceiver(track, { direction: 'sendonly' });
  }
  connection.addEventListener('connectionstatechange', () => say({ connection: connection.connectionState }));
  await connection.setLocalDescription(await connection.createOffer());
  await new Promise<void>((resolve) => {
    const look = () => connection.iceGatheringState === 'complete' && resolve();
    connection.addEventListener('icegatheringstatechange', look);
    look();
  });
  const authorization = `Bearer ${streamKey}`;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp', authorization },
    body: connection.localDescription?.sdp ?? '',
  });
  const text = await response.text();
  const location = response.headers.get('location');
  say({ status: response.status, location, etag: response.headers.get('etag'), text });
  if (response.status !== 201) {
    process.exit(1);
  }
  const sdp = lossShare > 0 ? await overBadLine(text, lossShare) : text;
  await connection.setRemoteDescription({ type: 'answer', sdp });
  const end = async () => {
    const ended = await fetch(new URL(location ?? '', url), { method: 'DELETE', headers: { authorization } });
    say({ deleted: ended.status });
    process.exit(0);
  };
  return { video, audio, end };
}

const lines = createInterface({ input: process.stdin });
const { value: first } = await lines[Symbol.asyncIterator]().next();
const { video, audio, end } = await publish(JSON.parse(first));
const startedAtMs = performance.now();
let nextFrame = 0;
let samples = 0;
setInterval(() => {
  const seconds = (performance.now() - startedAtMs) / 1000;
  for (; samples / sampleRate <= seconds; samples += chunkSamples) {
    audio.onData({
      samples: sound(samples),
      sampleRate,
      bitsPerSample: 16,
      channelCount: 1,
      numberOfFrames: chunkSamples,
    });
  }
  // A picture is stamped when it is handed over, so it shows that moment, however late a busy machine is.
  if (seconds * frameRate >= nextFrame) {
    nextFrame = Math.floor(seconds * frameRate) + 1;
    video.onFrame(picture(seconds));
  }
}, 2);
createInterface({ input: process.stdin }).on('line', (line) => {
  if (line === 'delete') {
    void end();
  } else if (line === 'resize') {
    size = { width: size.height * 2, height: size.width };
  }
});
