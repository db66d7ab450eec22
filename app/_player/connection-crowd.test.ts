import { expect, test } from 'vitest';
import { ConnectionCrowd, connectionWaitMs, isMultiplexed } from './connection-crowd';

const reused = { domainLookupStart: 100, domainLookupEnd: 100, connectStart: 100, connectEnd: 100 };

test('what a request waited for is a connection, not its host or the handshake', () => {
  const timing = { nextHopProtocol: 'http/1.1', fetchStart: 100, requestStart: 350, ...reused };
  expect(connectionWaitMs(timing)).toBe(250);
  const connected = { domainLookupStart: 110, domainLookupEnd: 150, connectStart: 150, connectEnd: 340 };
  expect(connectionWaitMs({ ...timing, ...connected })).toBe(20);
});

test('over HTTP/2, or out of the cache, nobody waits for a connection', () => {
  const timing = { fetchStart: 100, requestStart: 900, ...reused };
  expect(connectionWaitMs({ ...timing, nextHopProtocol: 'h2' })).toBeNull();
  expect(connectionWaitMs({ ...timing, nextHopProtocol: '' })).toBeNull();
});

test.each([
  ['h2', true],
  ['h3', true],
  ['http/1.1', false],
  ['', false],
])('a connection of %j takes any number of requests at once: %s', (nextHopProtocol, isIt) => {
  expect(isMultiplexed({ nextHopProtocol })).toBe(isIt);
});

test('a few late requests are the line, most of them a crowd, and it is over when they are prompt again', () => {
  const crowd = new ConnectionCrowd();
  for (let request = 0; request < 24; request += 1) {
    crowd.note(request % 4 === 0 ? 300 : 5);
    expect(crowd.isCrowded).toBe(false);
  }
  for (let request = 0; request < 6; request += 1) {
    crowd.note(250);
  }
  expect(crowd.isCrowded).toBe(true);
  for (let request = 0; request < 12; request += 1) {
    crowd.note(5);
  }
  expect(crowd.isCrowded).toBe(false);
});
