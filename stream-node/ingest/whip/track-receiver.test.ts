import { expect, test } from 'vitest';
import type { OfferedMedia } from './sdp-offer';
import { type ReceivedFrame, TrackReceiver } from './track-receiver';

const media: OfferedMedia = {
  ...{ kind: 'video', mid: '0', codec: 'vp8', payloadType: 96 },
  ...{ answerParameters: null, parameterSets: [], ssrcs: [7] },
};
const keyframe = Buffer.from('10 10ab00 9d012a 4001b400 ffff'.replaceAll(' ', ''), 'hex');
const picture = Buffer.from('10310102', 'hex');
const [keyframeRequest, retransmissionRequest, receiverReport] = [206, 205, 201];
/** of the same type as those for packets, and told apart by its format */
const reportRequest = 205;

function receive() {
  const frames: ReceivedFrame[] = [];
  const told: { type: number | undefined; atMs: number; packet: Buffer }[] = [];
  let nowMs = 0;
  const receiver = new TrackReceiver({
    ...{ media, bitrateMax: 6_000_000 },
    send: (packet) => told.push({ type: packet[1], atMs: nowMs, packet }),
    frame: (frame) => frames.push(frame),
  });
  return {
    frames,
    toldAt: (type: number) => told.filter((item) => item.type === type).map(({ atMs }) => atMs),
    /** time passes as it does in a session */
    until: (ms: number) => {
      while (nowMs < ms) {
        nowMs += 20;
        receiver.tick(nowMs);
      }
    },
    askForReport: () => receiver.requestSenderReport(nowMs),
    packet: (sequence: number, payload: Buffer) =>
      receiver.packet({ payloadType: 96, marker: true, sequence, timestamp: sequence * 3000, ssrc: 7, payload }, nowMs),
  };
}

test('a keyframe is asked for before anything came, then when the last one is old, and not more often', () => {
  const track = receive();
  track.until(40);
  expect(track.toldAt(keyframeRequest)).toEqual([20]);
  track.packet(1, keyframe);
  track.until(5000);
  expect(track.toldAt(keyframeRequest)).toEqual([20]);
  track.until(5200);
  expect(track.toldAt(keyframeRequest)).toEqual([20, 5040]);
  track.packet(2, keyframe);
  track.until(9000);
  expect(track.toldAt(keyframeRequest)).toEqual([20, 5040]);
});

test('pictures before the first keyframe are left out', () => {
  const track = receive();
  track.packet(1, picture);
  track.packet(2, keyframe);
  track.packet(3, picture);
  expect(track.frames.map(({ timestamp }) => timestamp)).toEqual([6000, 9000]);
  expect(track.frames[0]?.config).toMatchObject({ width: 320, height: 180 });
});

test('a packet that is sent again in time costs nothing', () => {
  const track = receive();
  track.packet(1, keyframe);
  track.packet(3, picture);
  expect(track.toldAt(retransmissionRequest)).toEqual([0]);
  track.until(200);
  track.packet(2, picture);
  expect(track.frames.map(({ timestamp }) => timestamp)).toEqual([3000, 6000, 9000]);
  expect(track.toldAt(keyframeRequest)).toEqual([]);
});

test('what is lost for good costs the pictures up to the next keyframe, which is asked for at once', () => {
  const track = receive();
  track.packet(1, keyframe);
  track.packet(3, picture);
  track.until(300);
  expect(track.toldAt(keyframeRequest)).toEqual([300]);
  track.packet(4, picture);
  track.packet(5, keyframe);
  track.packet(6, picture);
  expect(track.frames.map(({ timestamp }) => timestamp)).toEqual([3000, 15_000, 18_000]);
});

test('once a second the sender is told what came', () => {
  const track = receive();
  track.packet(1, keyframe);
  track.until(2500);
  expect(track.toldAt(receiverReport)).toEqual([20, 1020, 2020]);
});

test('a sender report is asked for once it is known of whom, and not more often than each 100 ms', () => {
  const track = receive();
  track.askForReport();
  track.packet(1, keyframe);
  for (let ms = 20; ms <= 200; ms += 20) {
    track.askForReport();
    track.until(ms);
  }
  expect(track.toldAt(reportRequest)).toEqual([0, 100]);
});
