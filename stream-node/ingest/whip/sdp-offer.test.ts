import { expect, test } from 'vitest';
import { readSdpOffer } from './sdp-offer';
import { chromiumOffer } from './test-offer';

const without = (pattern: RegExp) => chromiumOffer.replace(pattern, '');

test('of what a browser offers, the constrained baseline of H.264 and Opus are taken', () => {
  expect(readSdpOffer(chromiumOffer)).toEqual({
    audio: {
      ...{ kind: 'audio', mid: '1', codec: 'opus', payloadType: 111, ssrcs: [3374969071] },
      ...{ answerParameters: 'minptime=10;useinbandfec=1;stereo=1;usedtx=0', parameterSets: [] },
    },
    video: {
      ...{ kind: 'video', mid: '0', codec: 'h264', payloadType: 109, ssrcs: [459560258, 459560259] },
      answerParameters: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
      parameterSets: [],
    },
  });
});

test('parameter sets that are sent ahead are read, and not sent back', () => {
  const ahead = chromiumOffer.replace(
    '=42e01f\r\na=rtpmap:127',
    '=42e01f; sprop-parameter-sets=Z0LADdo=,aM4PyA==\r\na=rtpmap:127',
  );
  const offer = readSdpOffer(ahead);
  expect(offer).toMatchObject({
    video: {
      answerParameters: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
      parameterSets: [Buffer.from('6742c00dda', 'hex'), Buffer.from('68ce0fc8', 'hex')],
    },
  });
});

test('without H.264, VP8 is taken', () => {
  expect(readSdpOffer(without(/a=rtpmap:\d+ H264.*\r\n/g))).toMatchObject({ video: { codec: 'vp8', payloadType: 96 } });
});

test('sound alone needs no named source', () => {
  const audio = chromiumOffer.replace(/m=video[\s\S]*?(?=m=audio)/, '').replaceAll(/a=ssrc.*\r\n/g, '');
  expect(readSdpOffer(audio)).toMatchObject({ video: null, audio: { ssrcs: [] } });
});

test.each([
  ['nothing', ''],
  ['JSON', '{"sdp":"v=0"}'],
  ['no media section', without(/m=[\s\S]*/)],
  ['too many media sections', chromiumOffer + 'm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n'.repeat(8)],
  ['no ICE', without(/a=ice-ufrag.*\r\n/g)],
  ['no fingerprint', without(/a=fingerprint.*\r\n/g)],
  ['a section without a name', without(/a=mid:0\r\n/)],
  ['lines without end', `v=0\r\n${'a=x\r\n'.repeat(3000)}`],
])('malformed: %s', (_name, sdp) => {
  expect(readSdpOffer(sdp)).toMatchObject({ fault: 'malformed', message: expect.stringMatching(/^offer: /) });
});

test.each([
  ['nothing is sent', chromiumOffer.replaceAll('a=sendonly', 'a=recvonly'), /neither sound nor a picture/],
  ['only codecs that are not taken', without(/a=rtpmap:\d+ (H264|VP8).*\r\n/g), /choose H.264/],
  ['two pictures', chromiumOffer + chromiumOffer.slice(chromiumOffer.indexOf('m=video')), /at most one/],
  ['tracks that cannot be told apart', chromiumOffer.replaceAll(/a=ssrc.*\r\n/g, ''), /a=ssrc is missing/],
])('not acceptable: %s', (_name, sdp, message) => {
  expect(readSdpOffer(sdp)).toMatchObject({ fault: 'unacceptable', message: expect.stringMatching(message) });
});
