import { BoxReader } from './box-reader';
import { MalformedBox } from './malformed-box';

export type Esds = { /** RFC 6381 */ codec: string; sampleRate?: number; channels?: number };

const esDescriptor = 0x03;
const decoderConfigDescriptor = 0x04;
const decoderSpecificInfo = 0x05;

/** MPEG-1 audio (ISO/IEC 14496-1, table 5, by mp4ra.org): every layer-3 frame of it tells all that a decoder needs. */
const mpeg1Audio = 0x6b;

/** ISO/IEC 14496-3, table 1.18: sampling frequency index. */
const sampleRates = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];
/** ISO/IEC 14496-3, table 1.19: channel configuration. */
const channelCounts = [0, 1, 2, 3, 4, 5, 6, 8];

/** Elementary Stream Descriptor (`esds`, ISO/IEC 14496-14). Contained in: `mp4a`. */
export function readEsds(reader: BoxReader): Esds {
  reader.fullBoxHeader();
  const es = descriptor(reader, esDescriptor);
  es.skip(2); // ES_ID
  const flags = es.u8();
  if (flags & 0x80) {
    es.skip(2); // dependsOn_ES_ID
  }
  if (flags & 0x40) {
    es.skip(es.u8()); // URL
  }
  if (flags & 0x20) {
    es.skip(2); // OCR_ES_ID
  }
  const config = descriptor(es, decoderConfigDescriptor);
  const objectTypeIndication = config.u8();
  config.skip(12); // stream type, buffer size, bit rates
  // RFC 6381, 3.3: two digits, and as all its examples have them.
  const codec = `mp4a.${objectTypeIndication.toString(16).toUpperCase().padStart(2, '0')}`;
  if (objectTypeIndication === mpeg1Audio) {
    return { codec };
  }
  const { audioObjectType, ...layout } = readAudioSpecificConfig(descriptor(config, decoderSpecificInfo).rest());
  return { codec: `${codec}.${audioObjectType}`, ...layout };
}

/** ISO/IEC 14496-1, 8.3.3: a tag and a length in groups of seven bits, four at most. */
function descriptor(reader: BoxReader, tag: number): BoxReader {
  const found = reader.u8();
  if (found !== tag) {
    throw new MalformedBox('esds', `descriptor ${tag} expected, ${found} found`);
  }
  let byteCount = 0;
  for (let group = 0; group < 4; group += 1) {
    const byte = reader.u8();
    byteCount = (byteCount << 7) | (byte & 0x7f);
    if ((byte & 0x80) === 0) {
      return new BoxReader('esds', reader.bytes(byteCount));
    }
  }
  throw new MalformedBox('esds', 'descriptor length is longer than four bytes');
}

/** ISO/IEC 14496-3, 1.6.2.1, as far as the codec string needs it. */
function readAudioSpecificConfig(bytes: Uint8Array) {
  let at = 0;
  const bits = (count: number): number => {
    let value = 0;
    for (const end = at + count; at < end; at += 1) {
      const byte = bytes[at >> 3];
      if (byte === undefined) {
        throw new MalformedBox('esds', 'AudioSpecificConfig ends early');
      }
      value = value * 2 + ((byte >> (7 - (at & 7))) & 1);
    }
    return value;
  };
  const shortType = bits(5);
  const audioObjectType = shortType === 31 ? 32 + bits(6) : shortType;
  const rateIndex = bits(4);
  const sampleRate = rateIndex === 15 ? bits(24) : sampleRates[rateIndex];
  const channels = channelCounts[bits(4)];
  if (sampleRate === undefined || sampleRate === 0 || channels === undefined) {
    throw new MalformedBox('esds', 'AudioSpecificConfig names a reserved sample rate or channel layout');
  }
  return { audioObjectType, sampleRate, channels };
}
