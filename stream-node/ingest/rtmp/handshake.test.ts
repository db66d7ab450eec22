import { expect, test } from 'vitest';
import { Handshake } from './handshake';
import { RtmpFault } from './rtmp-fault';

const c1 = Buffer.alloc(1536, 0xab);
const c2 = Buffer.alloc(1536, 0xcd);

test('C1 is answered by S0, S1 and its own echo, and what follows C2 is handed on', () => {
  const handshake = new Handshake();
  const { answer } = handshake.push(Buffer.concat([Buffer.from([3]), c1]));
  expect(answer.byteLength).toBe(1 + 1536 + 1536);
  expect(answer[0]).toBe(3);
  // Zeros where a digest server would name its version: clients fall back to the simple handshake.
  expect(answer.subarray(5, 9)).toEqual(Buffer.alloc(4));
  expect(answer.subarray(1537)).toEqual(c1);
  expect(handshake.isDone).toBe(false);
  const { rest } = handshake.push(Buffer.concat([c2, Buffer.from('chunks')]));
  expect(handshake.isDone).toBe(true);
  expect(rest.toString()).toBe('chunks');
});

test('byte by byte it comes out the same', () => {
  const handshake = new Handshake();
  let answered = 0;
  for (const byte of Buffer.concat([Buffer.from([3]), c1, c2])) {
    answered += handshake.push(Buffer.from([byte])).answer.byteLength;
  }
  expect(answered).toBe(3073);
  expect(handshake.isDone).toBe(true);
});

test('another protocol is told apart by its first byte', () => {
  expect(() => new Handshake().push(Buffer.from('GET / HTTP/1.1'))).toThrow(RtmpFault);
});
