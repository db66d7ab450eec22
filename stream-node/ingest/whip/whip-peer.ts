import { isIP } from 'node:net';
import type { PeerConnection, Track } from 'node-datachannel';
import type { OfferedMedia, SdpOffer } from './sdp-offer';
import type { WebRtcAddon } from './webrtc-addon';

/** Where media is listened for. */
export type WhipNetwork = {
  /** null: every address of the machine */
  readonly bindAddress: string | null;
  /** UDP ports that may be used, both included; null: any. A single port is shared by all publishers */
  readonly ports: { readonly first: number; readonly last: number } | null;
  /** what publishers reach this machine by, where that is none of its own addresses */
  readonly publicAddress: string | null;
};

export type WhipPeerOptions = {
  addon: WebRtcAddon;
  offerSdp: string;
  offer: SdpOffer;
  /** false: a picture that is offered is answered with "inactive" */
  takesVideo: boolean;
  network: WhipNetwork;
  datagram: (kind: 'audio' | 'video', datagram: Buffer) => void;
  /** the transport is closed, by the other side or because nothing comes through */
  gone: () => void;
};

/** The offer cannot be used: it is of no use to send it again. */
export class UnusableOffer extends Error {
  override readonly name = 'UnusableOffer';
}

/** Addresses of this machine are found at once; anything longer is a fault. */
const gatheringTimeoutMs = 5000;

/** The other side's WebRTC connection. RTP and RTCP come out of it as datagrams, decrypted. */
export class WhipPeer {
  /** kept: a track that nobody holds is collected, and falls silent */
  readonly #tracks = new Map<'audio' | 'video', Track>();
  #isClosed = false;

  private constructor(private readonly connection: PeerConnection) {}

  /**
   * Answers an offer.
   *
   * @returns the peer, and its answer with all candidates
   * @throws UnusableOffer; Error when no port is free
   */
  static async answer(options: WhipPeerOptions): Promise<{ peer: WhipPeer; answerSdp: string }> {
    const { addon, offer, network } = options;
    const { ports, bindAddress } = network;
    const connection = new addon.PeerConnection('whip', {
      iceServers: [],
      disableAutoNegotiation: true,
      ...(bindAddress !== null && { bindAddress }),
      ...(ports !== null && { portRangeBegin: ports.first, portRangeEnd: ports.last }),
      enableIceUdpMux: ports !== null && ports.first === ports.last,
    });
    const peer = new WhipPeer(connection);
    try {
      for (const media of [offer.audio, offer.video]) {
        if (media !== null) {
          peer.#add(media, options);
        }
      }
      connection.onStateChange((state) => {
        if (state === 'failed' || state === 'closed' || state === 'disconnected') {
          options.gone();
        }
      });
      const gathered = peer.#gathered();
      // Nobody waits for it after an offer that cannot be read, and a rejection that nobody hears ends the process.
      gathered.catch(() => undefined);
      peer.#read(options.offerSdp);
      connection.setLocalDescription('answer');
      await gathered;
      const answerSdp = connection.localDescription()?.sdp;
      if (answerSdp === undefined) {
        throw new Error('there is no answer');
      }
      return { peer, answerSdp: announce(answerSdp, network.publicAddress) };
    } catch (error) {
      peer.close();
      throw error;
    }
  }

  /** Sends RTCP. What cannot be sent is lost, as any datagram may be. */
  send(kind: 'audio' | 'video', packet: Buffer): void {
    const track = this.#tracks.get(kind);
    if (!this.#isClosed && track?.isOpen() === true) {
      track.sendMessageBinary(packet);
    }
  }

  /** @throws Error when it is no candidate of this connection */
  addCandidate(candidate: string, mid: string): void {
    if (!this.#isClosed && isNumeric(candidate)) {
      this.connection.addRemoteCandidate(candidate, mid);
    }
  }

  close(): void {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.connection.close();
      this.#tracks.clear();
    }
  }

  #add(media: OfferedMedia, { addon, takesVideo, datagram }: WhipPeerOptions): void {
    const { kind, mid, codec, payloadType, answerParameters } = media;
    const isTaken = kind === 'audio' || takesVideo;
    const direction = isTaken ? 'RecvOnly' : 'Inactive';
    const description = kind === 'audio' ? new addon.Audio(mid, direction) : new addon.Video(mid, direction);
    // The binding takes no `undefined` for what may be left out.
    const profile: [string?] = answerParameters === null ? [] : [answerParameters];
    if (description instanceof addon.Video) {
      description.addVideoCodec(payloadType, codec === 'h264' ? 'H264' : 'VP8', ...profile);
    } else {
      description.addAudioCodec(payloadType, 'opus', ...profile);
    }
    const track = this.connection.addTrack(description);
    if (isTaken) {
      track.onMessage((bytes) => {
        if (!this.#isClosed) {
          datagram(kind, bytes);
        }
      });
    }
    this.#tracks.set(kind, track);
  }

  #read(offerSdp: string): void {
    try {
      this.connection.setRemoteDescription(withNumericCandidates(offerSdp), 'offer');
    } catch (error) {
      throw new UnusableOffer(error instanceof Error ? error.message : String(error));
    }
  }

  async #gathered(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const deadline = setTimeout(() => reject(new Error('no address was found to listen on')), gatheringTimeoutMs);
      this.connection.onGatheringStateChange((state) => {
        if (state === 'complete') {
          clearTimeout(deadline);
          resolve();
        }
      });
    });
  }
}

/** Names (as of mDNS) are left out: to look one up takes time, and whoever is behind it reaches us anyway. */
function withNumericCandidates(sdp: string): string {
  return sdp
    .split('\n')
    .filter((line) => !line.startsWith('a=candidate:') || isNumeric(line))
    .join('\n');
}

function isNumeric(candidate: string): boolean {
  return isIP(candidate.split(' ')[4] ?? '') !== 0;
}

/** Names the public address before our own ones, which are not reached from outside. */
function announce(sdp: string, publicAddress: string | null): string {
  if (publicAddress === null) {
    return sdp;
  }
  const isOfFamily = (line: string) => isIP(line.split(' ')[4] ?? '') === isIP(publicAddress);
  const ports = new Set<string>();
  return sdp
    .split('\r\n')
    .flatMap((line) => {
      const fields = line.split(' ');
      const port = fields[5] ?? '';
      if (line.startsWith('m=')) {
        ports.clear();
      }
      if (!line.startsWith('a=candidate:') || !isOfFamily(line) || ports.has(port)) {
        return [line];
      }
      ports.add(port);
      fields[4] = publicAddress;
      return [fields.join(' '), line];
    })
    .join('\r\n');
}
