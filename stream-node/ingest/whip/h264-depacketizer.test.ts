import { expect, test } from 'vitest';
import { H264Depacketizer } from './h264-depacketizer';
import { readSequenceParameters } from './h264-parameter-sets';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
// 320x180, constrained baseline, and its picture parameters.
const sps = hex('67 42c00d da05067e7c0440000003004000000f03c50aa8');
const pps = hex('68 ce0fc8');
const keySlice = hex('65 11223344 55667788');
const slice = hex('41 aabb');

const withLength = (unit: Buffer) => Buffer.concat([hex(unit.byteLength.toString(16).padStart(8, '0')), unit]);
const stapA = (...units: Buffer[]) => Buffer.concat([hex('78'), ...units.map((unit) => withLength(unit).subarray(2))]);
const packet = (payload: Buffer, marker = false, timestamp = 3000) => ({ payload, marker, timestamp });

test('a keyframe in an aggregate and three fragments comes out whole, with its parameter sets and its size', () => {
  const reader = new H264Depacketizer();
  expect(reader.push(packet(stapA(sps, pps)))).toEqual([]);
  expect(reader.push(packet(hex('7c 85 112233')))).toEqual([]);
  expect(reader.push(packet(hex('7c 05 445566')))).toEqual([]);
  expect(reader.push(packet(hex('7c 45 7788'), true))).toEqual([
    {
      timestamp: 3000,
      isKeyframe: true,
      bytes: Buffer.concat([sps, pps, keySlice].map(withLength)),
      config: {
        codec: 'h264',
        width: 320,
        height: 180,
        description: Buffer.concat([hex('01 42c00d ff e1 0017'), sps, hex('01 0004'), pps]),
      },
    },
  ]);
});

test('parameter sets that the offer carried stand for those that the media leaves out', () => {
  const [frame] = new H264Depacketizer([sps, pps]).push(packet(keySlice, true));
  expect(frame).toMatchObject({ isKeyframe: true, config: { width: 320, height: 180 } });
});

test('a sender without markers is read by its timestamps; delimiters and probes are left out', () => {
  const reader = new H264Depacketizer();
  expect(reader.push(packet(hex('09 f0')))).toEqual([]);
  expect(reader.push(packet(slice))).toEqual([]);
  expect(reader.push(packet(Buffer.alloc(0), false, 9000))).toEqual([]);
  expect(reader.push(packet(slice, false, 6000))).toEqual([
    { timestamp: 3000, isKeyframe: false, config: null, bytes: withLength(slice) },
  ]);
});

test('a frame of which packets are missing is damaged, and the next one is not', () => {
  const reader = new H264Depacketizer();
  reader.push(packet(hex('7c 81 1122')));
  reader.lost();
  expect(reader.push(packet(hex('7c 41 55'), true))).toEqual(['damaged']);
  expect(reader.push(packet(slice, true, 6000))).toMatchObject([{ timestamp: 6000 }]);
});

test.each([
  ['a fragment without its beginning', hex('7c 05 1122')],
  ['an aggregate that ends too early', hex('78 0005 65')],
  ['a packet of a kind that is not agreed on', hex('79 0000 65')],
])('%s is damage, not a frame', (_name, payload) => {
  expect(new H264Depacketizer().push(packet(payload, true))).toEqual(['damaged']);
});

test.each([
  ['high 4:4:4, cropped', '67f40028919b280f0044f7178088000003000800000301e078c18cb0', 1918, 1078],
  ['interlaced, cropped', '6764001eacd940a063f36022000003000200000300783e28532c', 640, 364],
])('the size of a picture: %s', (_name, set, width, height) => {
  expect(readSequenceParameters(hex(set))).toEqual({ width, height });
});

test('a set that is cut short has no size', () => {
  expect(readSequenceParameters(sps.subarray(0, 6))).toBeNull();
});
