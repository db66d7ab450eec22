import type { VideoRendition } from '../contract/ladder';
import type { CutPlan } from '../contract/profiles';
import { readFlvTag } from '../ingest/rtmp/flv-tag';
import { inspectVideo } from '../ingest/rtmp/media-payload';
import { AvcParameters, isIdr, type NalUnit, readNalUnits } from './avc-frame';
import { framesPerSecond } from './frame-rate';
import { readX264Settings } from './x264-settings';

/** How far a frame may lie from its slot, in slots: no rounding and no filter takes it for a neighbour's. */
const offSlotMax = 1 / 3;
/** Frame type, packet type and composition time, before the picture itself (Adobe FLV 10.1, E.4.3). */
const payloadHeaderBytes = 5;
const flvKeyframe = 1;
/** How much further than its average our own encoder of a rung may go; its buffer holds one second of the average. */
const bitrateMaxRatio = 1.1;

/**
 * Whether the frames of an FLV source can be a rung as they are. Looked at tag by tag, before ffmpeg sees them, so that
 * nothing of a source that stops fitting is ever published uncoded. To fit is to look just like what our own encoder puts
 * out, since every promise about parts, segments and line rates stands on that:
 *
 * - a frame in every slot of the rung's rate from the first one on, none twice and none left out, in the order they are shown in;
 * - an IDR frame wherever a segment begins, and none within a part;
 * - one set of parameters from beginning to end;
 * - never more bits than the rung's own rate control would let through.
 */
export class CopyFit {
  readonly #fps: number;
  readonly #partFrames: number;
  readonly #segmentFrames: number;
  readonly #bitrate: number;
  readonly #shiftSeconds: number;
  #parameters: AvcParameters | undefined;
  #nextSlot = 0;
  #isSure = false;
  /** how full the buffer of a player is that the rung's bitrate drains, in bits */
  #bufferedBits = 0;
  #misfit: string | null = null;

  /** @param shiftSeconds added to the source's times: it puts the first frame onto slot 0 */
  constructor(rung: VideoRendition, cut: CutPlan, shiftSeconds: number) {
    this.#fps = framesPerSecond(rung.frameRate);
    this.#partFrames = cut.videoPartFrames;
    this.#segmentFrames = Math.round(cut.segmentSeconds * this.#fps);
    this.#bitrate = rung.bitrate;
    this.#shiftSeconds = shiftSeconds;
  }

  /**
   * Whether it is likely to go on fitting: its encoder says that it sets keyframes where they are needed, or has set the
   * second one there.
   */
  get isSure(): boolean {
    return this.#isSure;
  }

  /** Takes in the next tag of the file. Returns why it does not fit, or null; once one does not, none does again. */
  push(tag: Uint8Array): string | null {
    this.#misfit ??= this.#tag(tag);
    return this.#misfit;
  }

  #tag(bytes: Uint8Array): string | null {
    const tag = readFlvTag(bytes);
    if (tag?.kind !== 'video') {
      return null;
    }
    const media = inspectVideo(tag.payload);
    if (media.kind !== 'media') {
      return media.kind === 'empty' ? null : media.reason;
    }
    const picture = tag.payload.subarray(payloadHeaderBytes);
    if (media.isConfig) {
      return this.#configuration(picture);
    }
    if (media.compositionMs !== 0) {
      return 'its frames are not sent in the order they are shown in';
    }
    return this.#frame(tag.timestampMs, tag.payload.readUInt8(0) >> 4 === flvKeyframe, picture);
  }

  #configuration(record: Buffer): string | null {
    const parameters = new AvcParameters(record);
    if (!parameters.hasLongLengths) {
      return 'the lengths of its NAL units are not of four bytes';
    }
    this.#parameters ??= parameters;
    return this.#parameters.equals(parameters) ? null : 'its parameters changed';
  }

  #frame(timeMs: number, isKeyframe: boolean, picture: Buffer): string | null {
    const slot = this.#nextSlot;
    const offSlots = (timeMs / 1000 + this.#shiftSeconds) * this.#fps - slot;
    if (Math.abs(offSlots) > offSlotMax) {
      return `frame ${slot} lies ${((offSlots * 1000) / this.#fps).toFixed(0)} ms off its slot`;
    }
    const units = readNalUnits(picture);
    if (this.#parameters === undefined || !this.#parameters.cover(units)) {
      return `the parameters of frame ${slot} are not those of the beginning`;
    }
    const fault = isKeyframe ? this.#keyframe(slot, units) : this.#otherFrame(slot);
    this.#nextSlot += 1;
    return fault ?? this.#rate(picture.byteLength * 8);
  }

  #keyframe(slot: number, units: readonly NalUnit[]): string | null {
    if (!units.some(isIdr)) {
      return `keyframe ${slot} is no IDR frame`;
    }
    if (slot % this.#partFrames !== 0) {
      return `keyframe ${slot} lies within a part of ${this.#partFrames} frames`;
    }
    if (slot === 0) {
      return this.#announced(units);
    }
    this.#isSure = true;
    return null;
  }

  #otherFrame(slot: number): string | null {
    return slot % this.#segmentFrames === 0 ? `frame ${slot} begins a segment and is no keyframe` : null;
  }

  /** x264 writes its settings into the first frame. Where they will not do, it is believed at once. */
  #announced(units: readonly NalUnit[]): string | null {
    const x264 = readX264Settings(units);
    if (x264 === null) {
      return null;
    }
    if (x264.setsKeyframesAtSceneChanges) {
      return 'its encoder sets keyframes where scenes change';
    }
    if (this.#segmentFrames % x264.keyframeEveryFrames !== 0) {
      return `its keyframes are ${x264.keyframeEveryFrames} frames apart`;
    }
    const bitrateMax = this.#bitrate * bitrateMaxRatio;
    if (x264.bitrateMax !== null && x264.bitrateMax > bitrateMax) {
      return this.#tooMany();
    }
    this.#isSure = x264.bitrateMax !== null;
    return null;
  }

  /** A leaky bucket, as in the encoder's own rate control (ISO/IEC 14496-10, annex C). */
  #rate(frameBits: number): string | null {
    this.#bufferedBits = Math.max(0, this.#bufferedBits - (this.#bitrate * bitrateMaxRatio) / this.#fps) + frameBits;
    return this.#bufferedBits > this.#bitrate ? this.#tooMany() : null;
  }

  #tooMany(): string {
    return `it has more than ${Math.round(this.#bitrate / 1000)} kbit a second`;
  }
}
