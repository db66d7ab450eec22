import { expect, test } from 'vitest';
import {
  readSenderReports,
  writeBitrateLimit,
  writeKeyframeRequest,
  writeReceiverReport,
  writeReportRequest,
  writeRetransmissionRequest,
} from './rtcp-packet';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

test('a sender report behind another packet tells when its media had which timestamp', () => {
  const empty = '80c90001 00000009';
  const report = '80c80006 0000000a ec9b2a01 80000000 00001000 00000001 00000002';
  expect(readSenderReports(hex(`${empty} ${report}`))).toEqual([
    { ssrc: 10, ntpMs: (0xec9b2a01 - 2_208_988_800) * 1000 + 500, rtpTimestamp: 0x1000, ntpMiddle: 0x2a018000 },
  ]);
});

test.each(['', '80', '80c80006 0000000a', '00c80000', '80c8ffff 00000000'])(
  'what cannot be read is left out: %s',
  (bytes) => {
    expect(readSenderReports(hex(bytes))).toEqual([]);
  },
);

test('packets that are missing are named by a first one and a mask of those behind it', () => {
  const request = writeRetransmissionRequest(7, [0xfffe, 0xffff, 2, 15, 16]);
  expect(request).toEqual(hex('81cd0004 00000001 00000007 fffe 0009 000f 0001'));
});

test('a keyframe is asked for', () => {
  expect(writeKeyframeRequest(7)).toEqual(hex('81ce0002 00000001 00000007'));
});

test('a sender report is asked for', () => {
  expect(writeReportRequest(7)).toEqual(hex('85cd0002 00000001 00000007'));
});

test('a limit of the bitrate has 18 bits and an exponent', () => {
  expect(writeBitrateLimit(7, 6_000_000)).toEqual(hex('8fce0005 00000001 00000000 52454d42 01 16dc6c 00000007'));
});

test('a receiver report', () => {
  const report = {
    ...{ mediaSsrc: 7, fractionLost: 64, packetsLost: 300, highestSequence: 65_540 },
    ...{ lastReportMiddle: 0x01020304, delaySinceLastReport: 32_768 },
  };
  expect(writeReceiverReport(report)).toEqual(
    hex('81c90007 00000001 00000007 40 00012c 00010004 00000000 01020304 00008000'),
  );
});
