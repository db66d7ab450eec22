import { expect, test } from 'vitest';
import { commentaryAudio, stereoAudio } from '../contract/ladder';
import { mediaPlaylist, type PlaylistForm } from '../manifest/media-playlist';
import { describeLive, multivariantPlaylist } from '../manifest/multivariant-playlist';
import { renditionReports } from '../manifest/rendition-report';
import { validateMultivariant, validateRenditions, validateVersions } from './hls-validator';
import { SyntheticStream, syntheticVideo } from './synthetic-stream';

function textOf(stream: SyntheticStream, id: string, form: PlaylistForm = 'full'): string {
  const all = stream.renditions.flatMap((each) => stream.window(each)?.snapshot() ?? []);
  const own = all.find(({ rendition }) => rendition.id === id);
  if (!own) {
    throw new Error(`no rendition ${id}`);
  }
  return mediaPlaylist(own, renditionReports(id, all), form);
}

const rulesOf = (violations: { rule: string }[]) => [...new Set(violations.map(({ rule }) => rule))];

/** A healthy run of versions, one a part, with a break in it. */
function healthyVersions(options: { deltas?: boolean; rendition?: string } = {}) {
  using stream = new SyntheticStream({ renditions: [syntheticVideo, stereoAudio], dvrWindowSeconds: 16 });
  const id = options.rendition ?? '360p';
  const versions: { text: string; fetchedAtMs: number }[] = [];
  const publish = (parts: number) => {
    for (let part = 0; part < parts; part += 1) {
      stream.publishParts(1);
      const form = options.deltas && versions.length > 0 ? 'delta' : 'full';
      versions.push({ text: textOf(stream, id, form), fetchedAtMs: versions.length * 333 });
    }
  };
  publish(40);
  stream.startSession(5000);
  publish(70);
  stream.end();
  versions.push({ text: textOf(stream, id), fetchedAtMs: versions.length * 333 });
  return versions;
}

test.each([
  ['360p', false],
  ['360p', true],
  ['audio128', false],
  ['audio128', true],
])(
  '%s of the real packager obeys every rule through a break, a full window and the end (deltas: %s)',
  (rendition, deltas) => {
    expect(validateVersions(healthyVersions({ rendition, deltas }), { cadenceToleranceMs: 100 })).toEqual([]);
  },
);

test('the renditions of the real packager agree at every part, breaks included', () => {
  using stream = new SyntheticStream({ renditions: [syntheticVideo, stereoAudio, commentaryAudio] });
  for (const parts of [1, 5, 1, 14, 30]) {
    for (let part = 0; part < parts; part += 1) {
      stream.publishParts(1);
      const texts = Object.fromEntries(stream.renditions.map((id) => [id, textOf(stream, id)]));
      expect(validateRenditions(texts)).toEqual([]);
    }
    stream.startSession(4000);
  }
});

test('a gap in the place of media that never came is no violation', () => {
  const text = healthyVersions()[20]?.text ?? '';
  const gap = text
    .replace(/#EXT-X-PART[^\n]*URI="r-s0-2\.\d\.m4s"[^\n]*\n/g, '')
    .replace('#EXTINF:2,\nr-s0-2.m4s', '#EXT-X-GAP\n#EXTINF:2,\nr-s0-2.m4s');
  expect(validateVersions([{ text: gap, fetchedAtMs: 0 }])).toEqual([]);
});

/** Faults in one version: what is replaced in it, and the rule that must notice. */
test.each([
  ['part-too-long', /DURATION=0.33333,URI="r-s0-2.4/, 'DURATION=0.3421,URI="r-s0-2.4'],
  ['part-too-short', /DURATION=0.33333,URI="r-s0-2.1/, 'DURATION=0.29,URI="r-s0-2.1'],
  ['parts-sum', /DURATION=0.33333,URI="r-s0-2.4/, 'DURATION=0.3,URI="r-s0-2.4'],
  ['part-inf', /#EXT-X-PART-INF.*\n/, ''],
  ['part-hold-back', /PART-HOLD-BACK=1.026/, 'PART-HOLD-BACK=0.9'],
  ['hold-back', /,HOLD-BACK=6/, ',HOLD-BACK=4'],
  ['can-skip-until', /CAN-SKIP-UNTIL=12/, 'CAN-SKIP-UNTIL=8'],
  ['can-block-reload', /CAN-BLOCK-RELOAD=YES,/, ''],
  ['version', /EXT-X-VERSION:9/, 'EXT-X-VERSION:3'],
  ['target-duration', /#EXT-X-TARGETDURATION:2\n/, ''],
  ['segment-too-long', /EXTINF:2,\nr-s0-2/, 'EXTINF:2.6,\nr-s0-2'],
  ['program-date-time', /#EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:13:24.000Z\n/, ''],
  ['program-date-time', /22:13:24.000Z/, '22:13:23.000Z'],
  ['program-date-time', /22:13:24.000Z/, '22:13:25.000Z'],
  ['map', /#EXT-X-MAP.*\n/, ''],
  ['late-tag', /(#EXT-X-PROGRAM.*\n)(#EXT-X-PART.*2\.0.*\n)/, '$2$1'],
  ['hint-count', /#EXT-X-PRELOAD-HINT.*\n/, ''],
  ['hint-count', /(#EXT-X-PRELOAD-HINT.*\n)/, '$1$1'],
  ['hint-after-end', /$/, '#EXT-X-ENDLIST\n'],
  ['open-segment', /#EXT-X-PRELOAD-HINT.*\n/, '#EXT-X-ENDLIST\n'],
  ['parts-gone', /#EXT-X-PART:.*r-s0-2\..*\n/g, ''],
  ['echoed-directive', /r-s0-2.m4s/, 'r-s0-2.m4s?_HLS_msn=2'],
  ['report-uri', /URI="..\/audio128/, 'URI="/audio128'],
  ['report-position', /LAST-MSN=\d+,/, ''],
  ['first-line', /^#EXTM3U\n/, ''],
  ['lines', /\n#EXTINF/, '\n\n#EXTINF'],
  ['tag-twice', /(#EXT-X-TARGETDURATION.*\n)/, '$1$1'],
  ['head-late', /(#EXT-X-MEDIA-SEQUENCE.*\n)([\s\S]*)$/, '$2$1'],
  ['unknown-tag', /#EXT-X-PRELOAD-HINT/, '#EXT-X-PREFETCH'],
  ['number', /EXTINF:2,/, 'EXTINF:2e0,'],
  ['number', /DURATION=0.33333,URI="r-s0-2.4/, 'DURATION=.33333,URI="r-s0-2.4'],
  ['attribute-twice', /(CAN-BLOCK-RELOAD=YES,)/, '$1$1'],
  ['attributes', /TYPE=PART,/, 'TYPE=PART;'],
])('in one version, %s is noticed', (rule, find, replacement) => {
  const text = healthyVersions()[20]?.text ?? '';
  const seeded = text.replace(find, replacement);
  expect(seeded).not.toBe(text);
  expect(validateVersions([{ text, fetchedAtMs: 0 }])).toEqual([]);
  expect(rulesOf(validateVersions([{ text: seeded, fetchedAtMs: 0 }]))).toContain(rule);
});

/** Faults between two versions: what is replaced in the later one. */
test.each([
  ['target-duration', /TARGETDURATION:2/, 'TARGETDURATION:3'],
  ['part-target', /PART-TARGET=0.342/, 'PART-TARGET=0.341'],
  ['server-control', /,HOLD-BACK=6/, ',HOLD-BACK=8'],
  ['rewritten', /r-s0-2.m4s/, 'r-s0-2-again.m4s'],
  ['rewritten', /URI="r-s0-2.3.m4s"/, 'URI="other.m4s"'],
  ['rewritten', /(URI="r-s0-2.3.m4s"),INDEPENDENT=YES/, '$1'],
  ['rewritten', /#EXT-X-PART:.*r-s0-2\.5.*\n/, ''],
  ['rewritten', /22:13:24.000Z/, '22:13:24.001Z'],
  ['rewritten', /(#EXT-X-PROGRAM.*22:13:24)/, '#EXT-X-DISCONTINUITY\n$1'],
  ['rewritten', /#EXTINF:2,\nr-s0-1.m4s/, '#EXTINF:1.9999,\nr-s0-1.m4s'],
  ['media-sequence', /MEDIA-SEQUENCE:0/, 'MEDIA-SEQUENCE:-1'],
  ['discontinuity-sequence', /DISCONTINUITY-SEQUENCE:0/, 'DISCONTINUITY-SEQUENCE:1'],
  ['hint-broken', /URI="r-s0-3.3.m4s",INDEPENDENT=YES\n/, 'URI="surprise.m4s",INDEPENDENT=YES\n'],
])('between two versions, %s is noticed', (rule, find, replacement) => {
  const [before, after] = healthyVersions().slice(20, 22);
  if (!before || !after) {
    throw new Error('too few versions');
  }
  const seeded = { ...after, text: after.text.replace(find, replacement) };
  expect(seeded.text).not.toBe(after.text);
  expect(rulesOf(validateVersions([before, seeded]))).toContain(rule);
});

test('a playlist that goes back, and one that goes on after its end, are noticed', () => {
  const versions = healthyVersions();
  const [early, late, end] = [versions[60], versions[80], versions.at(-1)];
  if (!early || !late || !end) {
    throw new Error('too few versions');
  }
  expect(rulesOf(validateVersions([late, early]))).toContain('media-sequence');
  expect(rulesOf(validateVersions([end, late]))).toContain('changed-after-end');
});

test('a playlist that drops media while less than three target durations stay is noticed', () => {
  const [before, after] = healthyVersions().slice(20, 22);
  const text = after?.text
    .replace('MEDIA-SEQUENCE:0', 'MEDIA-SEQUENCE:3')
    .replace(/#EXT-X-PROGRAM[\s\S]+?r-s0-2.m4s\n/, '');
  const versions = [before?.text ?? '', text ?? ''].map((each) => ({ text: each, fetchedAtMs: 0 }));
  expect(rulesOf(validateVersions(versions))).toContain('removed-too-much');
});

test('a delta that skips too much, nothing, what was never listed or an ended stream is noticed', () => {
  const versions = healthyVersions({ deltas: true });
  const first = versions[0];
  const delta = versions[105];
  if (!first || !delta) {
    throw new Error('too few versions');
  }
  const rules = (text: string) => rulesOf(validateVersions([first, { ...delta, text }]));
  expect(delta.text).toContain('#EXT-X-SKIP');
  const withoutTwo = delta.text.replace(/(#EXT-X-PROGRAM[^\n]*\n#EXTINF[^\n]*\n[^\n]*\n){2}/, '');
  expect(withoutTwo).not.toBe(delta.text);
  expect(rules(withoutTwo)).toContain('skip-too-much');
  expect(rules(delta.text.replace(/SKIPPED-SEGMENTS=\d+/, 'SKIPPED-SEGMENTS=0'))).toContain('skip-count');
  expect(rules(delta.text)).toContain('skip-unknown');
  expect(rules(`${delta.text}#EXT-X-ENDLIST\n`)).toContain('skip-after-end');
  expect(rules(delta.text.replace('VERSION:9', 'VERSION:8'))).toContain('version');
});

test('parts that come late are noticed', () => {
  const versions = healthyVersions().slice(0, 10);
  const late = versions.map((version, index) => ({
    ...version,
    fetchedAtMs: index < 5 ? index * 333 : 2000 + index * 333,
  }));
  expect(rulesOf(validateVersions(late, { cadenceToleranceMs: 100 }))).toEqual(['late-part']);
});

test.each([
  ['renditions-target-duration', /TARGETDURATION:2/, 'TARGETDURATION:3'],
  ['renditions-server-control', /PART-HOLD-BACK=1.026/, 'PART-HOLD-BACK=1.5'],
  ['renditions-apart', /T22:13:/g, 'T22:14:'],
  ['renditions-discontinuity', /DISCONTINUITY-SEQUENCE:0/, 'DISCONTINUITY-SEQUENCE:1'],
  ['report-missing', /#EXT-X-RENDITION-REPORT.*\n/, ''],
  ['report-stale', /LAST-MSN=\d+/, 'LAST-MSN=99'],
])('across renditions, %s is noticed', (rule, find, replacement) => {
  using stream = new SyntheticStream({ renditions: [syntheticVideo, stereoAudio] });
  stream.publishParts(20);
  const texts = { '360p': textOf(stream, '360p'), audio128: textOf(stream, 'audio128') };
  expect(validateRenditions(texts)).toEqual([]);
  expect(rulesOf(validateRenditions({ ...texts, audio128: texts.audio128.replace(find, replacement) }))).toContain(
    rule,
  );
});

test.each([
  ['independent-segments', /#EXT-X-INDEPENDENT-SEGMENTS\n/, ''],
  ['variants', /(#EXT-X-STREAM-INF.*\n.*\n)/, '$1$1'],
  ['bandwidth', /AVERAGE-BANDWIDTH=\d+/, 'AVERAGE-BANDWIDTH=999999999'],
  ['bandwidth', /AVERAGE-BANDWIDTH=\d+,/, ''],
  ['codecs', /,mp4a.40.2/, ''],
  ['codecs', /CODECS="[^"]*",/, ''],
  ['picture', /,FRAME-RATE=[\d.]+/, ''],
  ['audio-group', /,CHANNELS="2"/, ''],
])('in a multivariant playlist, %s is noticed', (rule, find, replacement) => {
  using stream = new SyntheticStream({ renditions: [syntheticVideo, stereoAudio, commentaryAudio] });
  stream.publishParts(20);
  const windows = stream.renditions.flatMap((id) => stream.window(id) ?? []);
  const text = multivariantPlaylist(windows.flatMap((window) => describeLive(window.snapshot()) ?? []));
  expect(validateMultivariant(text)).toEqual([]);
  const seeded = text.replace(find, replacement);
  expect(seeded).not.toBe(text);
  expect(rulesOf(validateMultivariant(seeded))).toContain(rule);
});
