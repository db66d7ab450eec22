import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commentaryAudio, stereoAudio } from '../contract/ladder';
import { videoCutPlan } from '../contract/profiles';
import type { RenditionWindow } from '../packager/live-window';
import type { Segment } from '../packager/media-types';
import { StreamPackager } from '../packager/stream-packager';
import { outputTsOffsetSeconds } from '../packager/synthetic-fragments';
import { scenario } from '../packager/synthetic-scenario';
import { SyntheticSessions } from '../packager/synthetic-sessions';
import { checkMpd, type ListedMpd, type MpdSegment, readMpd } from '../testing/listed-mpd';
import { SyntheticStream, syntheticStartMs, syntheticVideo } from '../testing/synthetic-stream';
import { liveMpd } from './live-mpd';

const startSeconds = syntheticStartMs / 1000;
/** What an encoder of sound puts before its first sample, at most. */
const runInSecondsMax = 0.05;

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

/** The MPD after an encoder was killed that had put out so much less of each track, and another one took its place. */
function readAfterRestart(lost: { picture: number; sound: number }, takesPlace: 'same' | 'other'): ListedMpd {
  const renditions = [syntheticVideo, commentaryAudio];
  const cut = videoCutPlan('balanced', syntheticVideo.frameRate);
  using packager = new StreamPackager({
    ...{ cut, renditions, dvrWindowSeconds: 60, windowBytesMax: 1e9, uriPrefix: 'p' },
  });
  const begun = new SyntheticSessions(packager, { renditions, cut }, syntheticStartMs);
  const run = { lateSeconds: [], wholeParts: false, pauseSeconds: 0, clockErrorMs: 0, finishedByHand: false };
  for (const each of [
    { ...run, seconds: 5, lostSeconds: [lost.picture, lost.sound], takesPlace: 'no' as const },
    { ...run, seconds: 5, lostSeconds: [0, 0], takesPlace },
  ]) {
    for (const { rendition, fragment } of begun.begin(each).arrivals) {
      if (fragment.kind === 'init') {
        packager.pushInit(rendition.id, fragment);
      } else {
        packager.pushFragment(rendition.id, fragment);
      }
    }
  }
  packager.end();
  const snapshots = renditions.flatMap(({ id }) => packager.window(id)?.snapshot() ?? []);
  const mpd = readMpd(liveMpd(snapshots, { nowMs: syntheticStartMs + 10_000, location: '' }) ?? '');
  checkMpd(mpd);
  return mpd;
}

test.each([
  { picture: 0, sound: 0.4 },
  { picture: 0.4, sound: 0 },
  // The picture lacks a number: the sound has begun another segment.
  { picture: 1.4, sound: 0 },
])('an encoder that takes the place of one that lost %o goes on in its period, without a hole in any track', (lost) => {
  const { periods } = readAfterRestart(lost, 'same');
  expect(periods).toMatchObject([{ id: 'p-s0', startSeconds, durationSeconds: expect.closeTo(10, 1) }]);
  for (const { segments } of periods[0]?.representations ?? []) {
    expect(segments[0]?.startSeconds).toBeCloseTo(startSeconds, 1);
    expect(segments.at(-1)?.endSeconds).toBeCloseTo(startSeconds + 10, 1);
    for (const [index, segment] of segments.slice(1).entries()) {
      expect(segment.startSeconds, segment.uri).toBeCloseTo(segments[index]?.endSeconds ?? 0, 5);
    }
  }
});

test.each([
  { picture: 0, sound: 0.4 },
  { picture: 0.4, sound: 0 },
])(
  'one that needs another init section begins a period where the sound before it ended, after a loss of %o',
  (lost) => {
    const { periods } = readAfterRestart(lost, 'other');
    const soundOf = (period: number) => periods[period]?.representations.find(({ kind }) => kind === 'audio')?.segments;
    expect(periods.map(({ id }) => id)).toEqual(['p-s0', 'p-s1']);
    expect(periods[1]?.startSeconds).toBeCloseTo(soundOf(0)?.at(-1)?.endSeconds ?? 0, 2);
    expect(periods[1]?.startSeconds).toBeCloseTo(soundOf(1)?.[0]?.startSeconds ?? 0, 2);
  },
);

test('while a session waits for its first segments the one before it, with media of one track alone, stays', () => {
  using stream = new SyntheticStream({ renditions: [syntheticVideo, commentaryAudio] });
  stream.publishParts(1);
  stream.startSession(5000);
  stream.publishParts(1);
  const [picture, sound] = stream.renditions.flatMap((id) => stream.window(id)?.snapshot() ?? []);
  const ofSecond = sound?.segments.filter(({ session }) => session.sessionIndex === 1) ?? [];
  const text =
    picture && sound && liveMpd([picture, { ...sound, segments: ofSecond }], { nowMs: syntheticStartMs, location: '' });
  expect(readMpd(text ?? '').periods.map(({ id }) => id)).toEqual(['r-s0']);
});

/**
 * Each finished segment that HLS lists is in exactly one Period, where it lies on the event clock, and no sound is left out
 * that way. @param begunAt by session
 */
function expectAllListed(
  { periods }: ListedMpd,
  windows: readonly RenditionWindow[],
  begunAt: ReadonlyMap<string, { zeroMs: number; isContinued: boolean }>,
): void {
  const listed = new Map<string, MpdSegment>();
  for (const { id: periodId, startSeconds: periodSeconds, representations } of periods) {
    for (const { id, segments } of representations) {
      for (const segment of segments) {
        must(!listed.has(segment.uri), `${segment.uri} is listed twice`);
        listed.set(segment.uri, segment);
        // An encoder's run-in lies before it; of an encoder that needed another init section what the picture must give way to.
        const isWhole = segment.startSeconds > periodSeconds - runInSecondsMax;
        must(isWhole || begunAt.get(periodId)?.isContinued, `${id} in ${periodId} begins before it`);
      }
    }
  }
  const sessionOf = (segments: readonly Segment[]) => segments.at(-1)?.session.run.start.sessionIndex ?? -1;
  const newest = Math.max(...windows.map((window) => sessionOf(window.snapshot().segments)));
  for (const window of windows) {
    const { rendition, segments, ended } = window.snapshot();
    for (const { closed, gap, ticks, init, uri, session } of segments) {
      const found = listed.get(`${rendition.id}/${uri}`);
      const zeroSeconds = (begunAt.get(session.id)?.zeroMs ?? Number.NaN) / 1000;
      if (closed && !gap && (found || ended || session.run.start.sessionIndex < newest)) {
        const startSeconds = zeroSeconds + (ticks?.start ?? 0) / init.timescale - outputTsOffsetSeconds;
        const movedSeconds = Math.abs((found?.startSeconds ?? Number.NaN) - startSeconds);
        must(movedSeconds < 0.002, `${rendition.id}/${uri} lies ${movedSeconds} s beside its time, or nowhere`);
      }
    }
  }
}

/** Much cheaper than an `expect`, for rules that are checked a million times. */
function must(holds: boolean | undefined, rule: string): void {
  if (holds !== true) {
    throw new Error(rule);
  }
}

test('whatever comes in, and however sessions break off, time never overlaps and all that is listed can be fetched', () => {
  fc.assert(
    fc.property(scenario, ({ stream, sessions, dvrWindowSeconds, windowBytesMax, ends }) => {
      const { renditions, cut } = stream;
      using packager = new StreamPackager({ cut, renditions, dvrWindowSeconds, windowBytesMax, uriPrefix: 'p' });
      const windows = renditions.flatMap(({ id }) => packager.window(id) ?? []);
      const begunAt = new Map<string, { zeroMs: number; isContinued: boolean }>();
      let before: ListedMpd | undefined;
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
        expectAllListed(mpd, windows, begunAt);
        for (const { id, initUri, segments } of mpd.periods.flatMap(({ representations }) => representations)) {
          const window = packager.window(id);
          must(window?.initBytes(initUri.slice(id.length + 1)) !== undefined, initUri);
          for (const { uri } of segments) {
            must(window?.segmentBytes(uri.slice(id.length + 1)) !== undefined, uri);
          }
        }
      };
      packager.on('segment', check);
      const begun = new SyntheticSessions(packager, stream, syntheticStartMs);
      for (const run of sessions) {
        const { timeline, zeroMs, arrivals, isContinued } = begun.begin(run);
        const id = `p-s${begunAt.size}`;
        begunAt.set(id, { zeroMs, isContinued });
        for (const { rendition, fragment, atSeconds } of arrivals) {
          nowMs = Math.max(nowMs, zeroMs + atSeconds * 1000);
          if (fragment.kind === 'init') {
            packager.pushInit(rendition.id, fragment);
          } else {
            packager.pushFragment(rendition.id, fragment);
          }
          timeline.correct(zeroMs + run.clockErrorMs);
        }
        check();
      }
      if (ends) {
        packager.end();
        check();
      }
    }),
    { numRuns: 20, interruptAfterTimeLimit: 15_000 },
  );
}, 30_000);
