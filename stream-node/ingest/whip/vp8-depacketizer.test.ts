import { expect, test } from 'vitest';
import { Vp8Depacketizer } from './vp8-depacketizer';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const packet = (payload: Buffer, marker = false, timestamp = 3000) => ({ payload, marker, timestamp });

test('a keyframe in two packets, behind descriptors of different length, comes out with its size', () => {
  const reader = new Vp8Depacketizer();
  expect(reader.push(packet(hex('90 80 8123 10ab00 9d012a 4001b400 ffff')))).toEqual([]);
  expect(reader.push(packet(hex('80 80 8123 0102'), true))).toEqual([
    {
      timestamp: 3000,
      isKeyframe: true,
      bytes: hex('10ab00 9d012a 4001b400 ffff 0102'),
      config: { codec: 'vp8', width: 320, height: 180, description: null },
    },
  ]);
});

test('a picture that is no keyframe', () => {
  expect(new Vp8Depacketizer().push(packet(hex('10 310102'), true))).toEqual([
    { timestamp: 3000, isKeyframe: false, bytes: hex('310102'), config: null },
  ]);
});

test('what begins in the middle of a frame is damaged, and so is what lost its middle', () => {
  const reader = new Vp8Depacketizer();
  expect(reader.push(packet(hex('00 0102'), true))).toEqual(['damaged']);
  reader.push(packet(hex('10 3101'), false, 6000));
  reader.lost();
  expect(reader.push(packet(hex('00 0102'), true, 6000))).toEqual(['damaged']);
  expect(reader.push(packet(hex('10 31'), true, 9000))).toMatchObject([{ timestamp: 9000 }]);
});
