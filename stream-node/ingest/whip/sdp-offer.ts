/** What one of the media sections of an offer sends, and what of it is taken. */
export type OfferedMedia = {
  readonly kind: 'audio' | 'video';
  readonly mid: string;
  readonly codec: 'opus' | 'h264' | 'vp8';
  readonly payloadType: number;
  /** format parameters of the answer; null: none */
  readonly answerParameters: string | null;
  /** of H.264: parameter sets that are sent ahead of the media (`sprop-parameter-sets`) */
  readonly parameterSets: readonly Buffer[];
  /** Synchronisation sources the offer names; the media is told apart by them. */
  readonly ssrcs: readonly number[];
};

export type SdpOffer = { readonly audio: OfferedMedia | null; readonly video: OfferedMedia | null };

/** `malformed`: no SDP, or not one of a WebRTC sender; `unacceptable`: it offers nothing that can be taken. */
export type OfferFault = { readonly fault: 'malformed' | 'unacceptable'; readonly message: string };

const linesMax = 2000;
const sectionsMax = 8;

type Section = { readonly kind: string; readonly port: string; readonly formats: string[]; readonly lines: string[] };

/** Reads an offer (RFC 8866, RFC 9429) as far as it must be known here, and chooses a codec for each track. */
export function readSdpOffer(sdp: string): SdpOffer | OfferFault {
  const lines = sdp.split(/\r?\n/);
  if (lines[0] !== 'v=0' || lines.length > linesMax || !lines.every((line) => line === '' || /^[a-z]=/.test(line))) {
    return malformed('is not a session description (RFC 8866)');
  }
  const sections = sectionsOf(lines);
  if (sections.length === 0 || sections.length > sectionsMax) {
    return malformed(`needs 1 to ${sectionsMax} media sections`);
  }
  for (const attribute of ['ice-ufrag', 'ice-pwd', 'fingerprint']) {
    if (!lines.some((line) => line.startsWith(`a=${attribute}:`))) {
      return malformed(`a=${attribute} is missing: only WebRTC senders are taken`);
    }
  }
  const media = sections.filter((section) => isSending(section, lines));
  const offer = { audio: only('audio', media), video: only('video', media) };
  for (const taken of [offer.audio, offer.video]) {
    if (taken !== null && 'fault' in taken) {
      return taken;
    }
  }
  return withKnownSources({ audio: mediaOf(offer.audio), video: mediaOf(offer.video) });
}

function mediaOf(found: OfferedMedia | OfferFault | null): OfferedMedia | null {
  return found !== null && 'mid' in found ? found : null;
}

/** Tracks that share one transport are told apart by their sources (RFC 5576): both must be named. */
function withKnownSources(offer: SdpOffer): SdpOffer | OfferFault {
  const { audio, video } = offer;
  if (audio === null && video === null) {
    return unacceptable('offers neither sound nor a picture to send');
  }
  const isUnnamed = audio !== null && video !== null && (audio.ssrcs.length === 0 || video.ssrcs.length === 0);
  return isUnnamed ? unacceptable('a=ssrc is missing: sound and picture could not be told apart') : offer;
}

function sectionsOf(lines: readonly string[]): Section[] {
  const sections: Section[] = [];
  for (const line of lines) {
    const media = /^m=(\S+) (\d+)\S* \S+((?: \S+)*)$/.exec(line);
    if (media !== null) {
      const [, kind = '', port = '', formats = ''] = media;
      sections.push({ kind, port, formats: formats.trim().split(' '), lines: [] });
    } else {
      sections.at(-1)?.lines.push(line);
    }
  }
  return sections;
}

/** A direction that a section does not name is the session's, and without any it both sends and receives (RFC 8866, 6.7). */
function isSending({ kind, port, lines }: Section, all: readonly string[]): boolean {
  const direction = /^a=(sendonly|sendrecv|recvonly|inactive)$/;
  const session = all.slice(
    0,
    all.findIndex((line) => line.startsWith('m=')),
  );
  const named = [...lines, ...session].find((line) => direction.test(line)) ?? 'a=sendrecv';
  const isOff = port === '0' && !lines.includes('a=bundle-only');
  return (kind === 'audio' || kind === 'video') && !isOff && named.startsWith('a=send');
}

function only(kind: 'audio' | 'video', sections: readonly Section[]): OfferedMedia | OfferFault | null {
  const [section, second] = sections.filter((candidate) => candidate.kind === kind);
  if (section === undefined) {
    return null;
  }
  return second === undefined ? offeredMedia(kind, section) : unacceptable(`at most one ${kind} track is taken`);
}

function offeredMedia(kind: 'audio' | 'video', section: Section): OfferedMedia | OfferFault {
  const mid = attributeOf(section, 'mid');
  if (mid === undefined || !/^[A-Za-z0-9_.+-]{1,32}$/.test(mid)) {
    return malformed(`a=mid is missing or no token in the ${kind} section`);
  }
  const [best] = formatsOf(section)
    .filter((format) => format.rank < Number.POSITIVE_INFINITY)
    .sort((one, other) => one.rank - other.rank);
  if (best === undefined || best.codec === undefined) {
    const wanted = kind === 'audio' ? 'Opus' : 'H.264 (packetization mode 1) or VP8';
    return unacceptable(`offers no ${kind} codec that is taken: choose ${wanted}`);
  }
  const { codec, payloadType, parameters } = best;
  return {
    kind,
    mid,
    codec,
    payloadType,
    answerParameters: answerParameters(codec, parameters),
    parameterSets: parameterSets(parameters),
    ssrcs: ssrcsOf(section),
  };
}

type Format = {
  payloadType: number;
  codec: OfferedMedia['codec'] | undefined;
  parameters: string | null;
  /** the lower, the rather it is taken */
  rank: number;
};

function formatsOf(section: Section): Format[] {
  return section.formats.flatMap((format, index) => {
    const payloadType = Number(format);
    const name = new RegExp(`^a=rtpmap:${payloadType} ([^/\\s]+)/(\\d+)`);
    const [, codecName = '', rate = ''] = section.lines.map((line) => name.exec(line)).find((match) => match) ?? [];
    const prefix = `a=fmtp:${payloadType} `;
    const parameters = section.lines.find((line) => line.startsWith(prefix))?.slice(prefix.length) ?? null;
    if (!Number.isInteger(payloadType) || payloadType < 0 || payloadType > 127) {
      return [];
    }
    const codec = codecOf(section.kind, `${codecName.toLowerCase()}/${rate}`);
    return [{ payloadType, codec, parameters, rank: rankOf(codec, parameters) + index / 1000 }];
  });
}

function codecOf(kind: string, name: string): OfferedMedia['codec'] | undefined {
  if (kind === 'audio') {
    return name === 'opus/48000' ? 'opus' : undefined;
  }
  return ({ 'h264/90000': 'h264', 'vp8/90000': 'vp8' } as const)[name];
}

/** H.264 before VP8, in packets of any size before single units, the constrained baseline before profiles that may reorder. */
function rankOf(codec: OfferedMedia['codec'] | undefined, parameters: string | null): number {
  if (codec !== 'h264') {
    return codec === undefined ? Number.POSITIVE_INFINITY : 10;
  }
  const isFragmented = /(?:^|;)\s*packetization-mode=1(?:;|$)/.test(parameters ?? '');
  const isConstrained = /(?:^|;)\s*profile-level-id=42[c-fC-F]/.test(parameters ?? '');
  return (isFragmented ? 0 : 2) + (isConstrained ? 0 : 1);
}

/**
 * What we wish to be sent. Of Opus (RFC 7587, 7): two channels where there are two, and silence like any other sound, for a
 * rendition of a sender that falls silent must go on. Of H.264 (RFC 6184, 8.2.2): what was chosen, without the offer's sets.
 */
function answerParameters(codec: OfferedMedia['codec'], offered: string | null): string | null {
  if (codec === 'opus') {
    return 'minptime=10;useinbandfec=1;stereo=1;usedtx=0';
  }
  const answered = /^(?:level-asymmetry-allowed|packetization-mode|profile-level-id)=[0-9A-Fa-f]+$/;
  const kept = (offered ?? '').split(';').filter((parameter) => answered.test(parameter.trim()));
  return codec === 'h264' && kept.length > 0 ? kept.map((parameter) => parameter.trim()).join(';') : null;
}

function parameterSets(parameters: string | null): Buffer[] {
  const [, sets = ''] = /(?:^|;)\s*sprop-parameter-sets=([A-Za-z0-9+/=,]{1,4096})/.exec(parameters ?? '') ?? [];
  return sets.split(',').flatMap((set) => (set === '' ? [] : Buffer.from(set, 'base64')));
}

function ssrcsOf(section: Section): number[] {
  const named = section.lines.flatMap((line) => /^a=ssrc:(\d{1,10})(?: |$)/.exec(line)?.[1] ?? []);
  return [...new Set(named.map(Number))];
}

function attributeOf(section: Section, attribute: string): string | undefined {
  const prefix = `a=${attribute}:`;
  return section.lines.find((line) => line.startsWith(prefix))?.slice(prefix.length);
}

function malformed(message: string): OfferFault {
  return { fault: 'malformed', message: `offer: ${message}` };
}

function unacceptable(message: string): OfferFault {
  return { fault: 'unacceptable', message: `offer: ${message}` };
}
