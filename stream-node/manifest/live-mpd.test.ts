import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commentaryAudio, stereoAudio } from '../contract/ladder';
import { StreamPackager } from '../packager/stream-packager';
import { outputTsOffsetSeconds } from '../packager/synthetic-fragments';
import { arrivals, scenario } from '../packager/synthetic-scenario';
import { Timeline } from '../packager/timeline';
import { checkMpd, type ListedMpd, readMpd } from '../testing/listed-mpd';
import { SyntheticStream, syntheticStartMs, syntheticVideo } from '../testing/synthetic-stream';
import { liveMpd } from './live-mpd';

const startSeconds = syntheticStartMs / 1000;

function printed(stream: SyntheticStream, secondsAfterStart = 10): string | undefined {
  const snapshots = stream.renditions.flatMap((id) => stream.window(id)?.snapshot() ?? []);
  return liveMpd(snapshots, { nowMs: syntheticStartMs + secondsAfterStart * 1000, location: 'live.mpd' });
}

function read(stream: SyntheticStream): ListedMpd {
  const mpd = readMpd(printed(stream) ?? '');
  checkMpd(mpd);
  return mpd;
}

test('the finished segments of a live stream, under the names that HLS lists', () => {
  using stream = new SyntheticStream({ renditions: [syntheticVideo, commentaryAudio] });
  stream.publishSegments(2);
  stream.publishParts(1);
  expect(printed(stream)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011" type="dynamic" availabilityStartTime="1970-01-01T00:00:00Z" publishTime="2023-11-14T22:13:30.000Z" minimumUpdatePeriod="PT2S" timeShiftBufferDepth="PT10S" suggestedPresentationDelay="PT6S" minBufferTime="PT2S">
 <Location>live.mpd</Location>
 <Period id="r-s0" start="PT1700000000S">
  <AdaptationSet id="1" contentType="video" mimeType="video/mp4" segmentAlignment="true" startWithSAP="1">
   <Role schemeIdUri="urn:mpeg:dash:role:2011" value="main"/>
   <Representation id="360p" codecs="avc1.4d401e" bandwidth="770000" width="640" height="360" sar="1:1" frameRate="30">
    <SegmentTemplate timescale="90000" presentationTimeOffset="90000" initialization="360p/r-s0-init.mp4" media="360p/r-s0-$Number$.m4s" startNumber="0">
     <SegmentTimeline>
      <S t="90000" d="180000" r="1"/>
     </SegmentTimeline>
    </SegmentTemplate>
   </Representation>
  </AdaptationSet>
  <AdaptationSet id="2" contentType="audio" mimeType="audio/mp4" segmentAlignment="true" startWithSAP="1">
   <Role schemeIdUri="urn:mpeg:dash:role:2011" value="main"/>
   <Representation id="audio64" codecs="mp4a.40.2" bandwidth="70400" audioSamplingRate="48000">
    <AudioChannelConfiguration schemeIdUri="urn:mpeg:dash:23003:3:audio_channel_configuration:2011" value="1"/>
    <SegmentTemplate timescale="48000" presentationTimeOffset="48000" initialization="audio64/r-s0-init.mp4" media="audio64/r-s0-$Number$.m4s" startNumber="0">
     <SegmentTimeline>
      <S t="48000" d="98304" r="1"/>
     </SegmentTimeline>
    </SegmentTemplate>
   </Representation>
  </AdaptationSet>
 </Period>
 <UTCTiming schemeIdUri="urn:mpeg:dash:utc:direct:2014" value="2023-11-14T22:13:30.000Z"/>
</MPD>
`);
});

test('a period waits until every rendition has its first segment, and a silent one only for so long', () => {
  using stream = new SyntheticStream({ renditions: [syntheticVideo, commentaryAudio, stereoAudio] });
  const snapshots = () => stream.renditions.flatMap((id) => stream.window(id)?.snapshot() ?? []);
  const withSilentSound = () => {
    const [picture, sound] = snapshots();
    return picture && sound
      ? liveMpd([picture, { ...sound, segments: [] }], { nowMs: syntheticStartMs, location: '' })
      : undefined;
  };
  stream.publishParts(5);
  expect(printed(stream), 'nothing is finished').toBeUndefined();
  stream.publishSegments(1);
  expect(read(stream).periods[0]?.representations.map(({ id }) => id)).toEqual(['360p', 'audio128', 'audio64']);
  expect(withSilentSound()).toBeUndefined();
  stream.publishSegments(2);
  expect(readMpd(withSilentSound() ?? '').periods[0]?.representations.map(({ id }) => id)).toEqual(['360p']);
});

test('after a break a period begins, where the event clock has it', () => {
  using stream = new SyntheticStream({ renditions: [syntheticVideo, commentaryAudio] });
  stream.publishSegments(2);
  stream.startSession(5000);
  expect(read(stream).periods, 'not before its first segments').toHaveLength(1);
  stream.publishSegments(2);
  stream.publishParts(1);
  const [first, second] = read(stream).periods;
  expect([first?.id, second?.id]).toEqual(['r-s0', 'r-s1']);
  expect([first?.startSeconds, second?.startSeconds]).toEqual([startSeconds, startSeconds + 4 + 5]);
  const [picture] = second?.representations ?? [];
  expect(picture).toMatchObject({ initUri: '360p/r-s1-init.mp4', originSeconds: 1 });
  expect(picture?.segments.map(({ uri }) => uri)).toEqual(['360p/r-s1-2.m4s', '360p/r-s1-3.m4s']);
  expect(picture?.segments[0]?.startSeconds).toBe(startSeconds + 9);
});

test('a session whose clock says that it began before the last one ended is laid behind it', () => {
  using stream = new SyntheticStream({ renditions: [syntheticVideo, commentaryAudio] });
  stream.publishSegments(2);
  stream.startSession(-3000);
  stream.publishSegments(2);
  stream.publishParts(1);
  const [first, second] = read(stream).periods;
  const ends = first?.representations.map(({ segments }) => segments.at(-1)?.endSeconds ?? 0) ?? [];
  expect(second?.startSeconds).toBeCloseTo(Math.max(...ends), 3);
});

test('what leaves the window leaves the MPD, and nothing else about a period changes', () => {
  using stream = new SyntheticStream({ renditions: [syntheticVideo, commentaryAudio], dvrWindowSeconds: 7 });
  stream.publishSegments(3);
  const before = read(stream);
  stream.publishSegments(10);
  const after = read(stream);
  const uris = after.periods[0]?.representations[0]?.segments.map(({ uri }) => uri) ?? [];
  expect(uris).toEqual([8, 9, 10, 11].map((number) => `360p/r-s0-${number}.m4s`));
  expect(after.periods[0]).toMatchObject({ id: before.periods[0]?.id, startSeconds: before.periods[0]?.startSeconds });
});

test('a stream that has ended says where, and asks for no more updates', () => {
  using stream = new SyntheticStream({ renditions: [syntheticVideo] });
  stream.publishSegments(2);
  stream.end();
  const { attributes, periods } = read(stream);
  expect(attributes).toMatchObject({ type: 'dynamic', mediaPresentationDuration: `PT${startSeconds + 4}S` });
  expect(attributes.minimumUpdatePeriod).toBeUndefined();
  expect(periods[0]?.durationSeconds).toBe(4);
});

test('whatever comes in, and however sessions break off, time never overlaps and all that is listed can be fetched', () => {
  fc.assert(
    fc.property(scenario, ({ stream, sessions, dvrWindowSeconds, windowBytesMax, ends }) => {
      const { renditions, cut } = stream;
      using packager = new StreamPackager({ cut, renditions, dvrWindowSeconds, windowBytesMax, uriPrefix: 'p' });
      const windows = renditions.flatMap(({ id }) => packager.window(id) ?? []);
      let before: ListedMpd | undefined;
      let startMs = syntheticStartMs;
      let nowMs = syntheticStartMs;
      const check = () => {
        const text = liveMpd(
          windows.map((window) => window.snapshot()),
          { nowMs, location: 'live.mpd' },
        );
        if (text === undefined) {
          return;
        }
        const mpd = readMpd(text);
        checkMpd(mpd, before);
        before = mpd;
        for (const { id, initUri, segments } of mpd.periods.flatMap(({ representations }) => representations)) {
          const window = packager.window(id);
          expect(window?.initBytes(initUri.slice(id.length + 1)), initUri).toBeDefined();
          for (const { uri } of segments) {
            expect(window?.segmentBytes(uri.slice(id.length + 1)), uri).toBeDefined();
          }
        }
      };
      packager.on('segment', check);
      for (const [sessionIndex, run] of sessions.entries()) {
        const timeline = new Timeline({ firstSampleEventTimeMs: startMs, outputTsOffsetSeconds });
        packager.startSession({ sessionIndex, timeline });
        for (const { rendition, fragment, atSeconds } of arrivals(renditions, cut, run)) {
          nowMs = startMs + atSeconds * 1000;
          if (fragment.kind === 'init') {
            packager.pushInit(rendition.id, fragment);
          } else {
            packager.pushFragment(rendition.id, fragment);
          }
          timeline.correct(startMs + run.clockErrorMs);
        }
        check();
        startMs += (run.seconds + run.pauseSeconds) * 1000;
      }
      if (ends) {
        packager.end();
        check();
      }
    }),
    { numRuns: 40, interruptAfterTimeLimit: 15_000 },
  );
}, 30_000);
