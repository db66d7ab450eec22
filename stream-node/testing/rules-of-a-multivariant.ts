import { types } from 'hls-parser';
import { parseStrictly } from './parse-alike';
import type { Report } from './violation';

/**
 * What a multivariant playlist must obey (RFC 8216bis 4.4.2.1, 4.4.6), and what Apple's authoring rules ask of it besides:
 * the average rate, the codecs of all that is played, the frame rate and the size of a picture.
 */
export function checkMultivariant(text: string, report: Report): void {
  const playlist = parseStrictly(text);
  if (!(playlist instanceof types.MasterPlaylist)) {
    report('multivariant', 'it lists segments');
    return;
  }
  if (!playlist.independentSegments) {
    report('independent-segments', 'EXT-X-INDEPENDENT-SEGMENTS is missing');
  }
  const { variants } = playlist;
  const uris = variants.map((variant) => `${variant.uri} with ${variant.audio[0]?.groupId}`);
  if (variants.length === 0 || new Set(uris).size < uris.length) {
    report('variants', `none, or one twice: ${uris.join(', ')}`);
  }
  const hasPicture = variants.some(({ resolution }) => resolution !== undefined);
  for (const variant of variants) {
    const { uri, bandwidth, averageBandwidth = Number.NaN, codecs = '', resolution, frameRate } = variant;
    if (!(averageBandwidth > 0 && averageBandwidth <= bandwidth)) {
      report('bandwidth', `${uri}: average ${averageBandwidth}, peak ${bandwidth}`);
    }
    const isPicture = /^(avc1|hvc1|av01)\./.test(codecs);
    const isSound = /(^|,)(mp4a\.|Opus)/.test(codecs);
    if (!(isPicture || isSound) || isPicture !== hasPicture || (variant.audio.length > 0 && !isSound)) {
      report('codecs', `${uri}: ${codecs}`);
    }
    if (isPicture && (resolution === undefined || frameRate === undefined)) {
      report('picture', `${uri}: size ${JSON.stringify(resolution)}, frame rate ${frameRate}`);
    }
    checkGroup(variant, report);
  }
}

/** The renditions of an audio group have names of their own, one is the default, and each says how many channels it has. */
function checkGroup({ uri, audio }: types.Variant, report: Report): void {
  const names = new Set(audio.map(({ name }) => name));
  const defaults = audio.filter(({ isDefault }) => isDefault);
  const isWhole = audio.every((each) => each.uri !== undefined && each.channels !== undefined);
  if (audio.length > 0 && (names.size < audio.length || defaults.length !== 1 || !isWhole)) {
    report('audio-group', `${uri}: ${audio.map(({ name }) => name).join(', ')}`);
  }
}
