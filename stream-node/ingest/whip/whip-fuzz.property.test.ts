import fc from 'fast-check';
import { test, vi } from 'vitest';
import { fuzzRuns, fuzzTimeoutMs } from '../../testing/fuzz-runs';
import { H264Depacketizer } from './h264-depacketizer';
import { readSequenceParameters } from './h264-parameter-sets';
import { opusDurationMs } from './opus-packet';
import { readSenderReports } from './rtcp-packet';
import { isRtcp, readRtpPacket } from './rtp-packet';
import { readSdpOffer } from './sdp-offer';
import { chromiumOffer } from './test-offer';
import { type ReceivedFrame, TrackReceiver } from './track-receiver';
import { readTrickleFragment } from './trickle-fragment';
import { Vp8Depacketizer } from './vp8-depacketizer';
import { loadWebRtcAddon } from './webrtc-addon';
import { UnusableOffer, WhipPeer } from './whip-peer';

// Whatever a sender that was let in may send: nothing throws, nothing hangs, and nothing is held beyond what was sent.
vi.setConfig({ testTimeout: fuzzTimeoutMs });

const bytes = fc.uint8Array({ maxLength: 120 }).map((array) => Buffer.from(array));
/** payloads that look like something: a type that is read further, and then anything */
const payload = fc
  .tuple(
    fc.constantFrom([0x67], [0x68], [0x65], [0x78, 0, 4], [0x7c, 0x85], [0x7c, 5], [0x7c, 0x45], [0x90], [0x10]),
    bytes,
  )
  .map(([head, rest]) => Buffer.concat([Buffer.from(head), rest]));
const packets = fc.array(fc.record({ payload: fc.oneof(payload, bytes), marker: fc.boolean(), timestamp: fc.nat(3) }), {
  maxLength: 12,
});

test.each([
  ['H.264', () => new H264Depacketizer()],
  ['VP8', () => new Vp8Depacketizer()],
])('packets of %s become frames no larger than they were, or damage', (_name, make) => {
  fc.assert(
    fc.property(packets, (sent) => {
      const reader = make();
      // Each unit has a length before it, and a keyframe its parameter sets: as often as there are packets, at most.
      const sentBytes = sent.reduce((sum, item) => sum + 4 * item.payload.byteLength + 16, 0) * (sent.length + 1);
      const frames = sent.flatMap((item) => reader.push(item));
      const gotBytes = frames.reduce((sum, frame) => sum + (frame === 'damaged' ? 0 : frame.bytes.byteLength), 0);
      return gotBytes <= sentBytes;
    }),
    fuzzRuns,
  );
});

test('datagrams, reports, parameter sets and packets of sound', () => {
  fc.assert(
    fc.property(bytes, fc.nat(255), (datagram, first) => {
      datagram[0] = datagram.byteLength === 0 ? 0 : first;
      isRtcp(datagram);
      const packet = readRtpPacket(datagram);
      const size = readSequenceParameters(datagram);
      return (
        (packet?.payload.byteLength ?? 0) <= datagram.byteLength &&
        readSenderReports(datagram).length <= datagram.byteLength / 28 &&
        (size === null || (size.width <= 8192 && size.height <= 8192)) &&
        (opusDurationMs(datagram) ?? 0) <= 120
      );
    }),
    fuzzRuns,
  );
});

const offerLines = chromiumOffer.split('\r\n');
const offers = fc
  .array(
    fc.tuple(fc.nat(offerLines.length - 1), fc.nat(offerLines.length - 1), fc.nat(80), fc.string({ maxLength: 12 })),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((changes) => {
    const lines = [...offerLines];
    for (const [at, other, column, text] of changes) {
      const line = lines[at] ?? '';
      lines[at] = text === '' ? (lines[other] ?? '') : line.slice(0, column) + text + line.slice(column + text.length);
    }
    return lines.join('\r\n');
  });

test('offers and trickled candidates', () => {
  fc.assert(
    fc.property(offers, (sdp) => {
      const offer = readSdpOffer(sdp);
      const isTold = 'fault' in offer ? offer.message.startsWith('offer: ') : (offer.audio ?? offer.video) !== null;
      return isTold && (readTrickleFragment(sdp)?.candidates.length ?? 0) <= 100;
    }),
    fuzzRuns,
  );
});

test('what the reader of offers lets through, the native library answers or refuses', async () => {
  const addon = await loadWebRtcAddon();
  await fc.assert(
    fc.asyncProperty(offers, async (offerSdp) => {
      const offer = readSdpOffer(offerSdp);
      if ('fault' in offer) {
        return true;
      }
      try {
        const network = { bindAddress: '127.0.0.1', ports: null, publicAddress: null };
        const ears = { datagram: () => {}, gone: () => {} };
        const { peer, answerSdp } = await WhipPeer.answer({
          ...{ addon, offer, offerSdp, takesVideo: true, network },
          ...ears,
        });
        peer.close();
        return answerSdp.startsWith('v=0');
      } catch (error) {
        return error instanceof UnusableOffer;
      }
    }),
    { numRuns: 300 },
  );
});

test('a whole track, in any order and with any loss, gives only frames that can be decoded', () => {
  const steps = fc.array(
    fc.record({
      sequence: fc.oneof(fc.nat(40), fc.nat(0xffff)),
      item: fc.record({ payload, marker: fc.boolean(), timestamp: fc.nat(3) }),
      passedMs: fc.nat(200),
    }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(steps, fc.constantFrom('h264' as const, 'vp8' as const), (sent, codec) => {
      const frames: ReceivedFrame[] = [];
      let longestBytes = 0;
      const receiver = new TrackReceiver({
        media: {
          kind: 'video',
          mid: '0',
          codec,
          payloadType: 96,
          answerParameters: null,
          parameterSets: [],
          ssrcs: [1],
        },
        bitrateMax: 1_000_000,
        send: (packet) => {
          longestBytes = Math.max(longestBytes, packet.byteLength);
        },
        frame: (frame) => frames.push(frame),
      });
      let nowMs = 0;
      for (const { sequence, item, passedMs } of sent) {
        nowMs += passedMs;
        receiver.packet({ ...item, payloadType: 96, ssrc: 1, sequence }, nowMs);
        receiver.tick(nowMs);
      }
      const canBeDecoded = (frames[0]?.isKeyframe ?? true) && frames.every(({ config }) => config !== null);
      return canBeDecoded && longestBytes < 1500;
    }),
    fuzzRuns,
  );
});
