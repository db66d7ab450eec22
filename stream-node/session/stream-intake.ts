import type { ObservedInput } from '../contract/snapshots';
import type { IngestSource } from '../ingest/ingest-source';
import type { ProbedSource } from '../transcode/probed-source';
import { IngressMeter } from './ingress-meter';
import { observedInput } from './observed-input';

/** What comes into a stream: its newest recorder session, and what all of them brought together. */
export class StreamIntake {
  #source: IngestSource | undefined;
  #bytesBefore = 0;
  #input: ObservedInput | undefined;
  readonly #ingress = new IngressMeter();

  /** `undefined` before the first */
  get source(): IngestSource | undefined {
    return this.#source;
  }

  /** A newer recorder session takes the place of the one before. */
  begin(source: IngestSource): void {
    this.#bytesBefore = this.bytesIn;
    this.#source = source;
  }

  /** It is known of what a source is made. */
  probed(source: IngestSource, probed: ProbedSource): void {
    this.#input = observedInput(source, probed);
  }

  /** bytes of media of all recorder sessions */
  get bytesIn(): number {
    return this.#bytesBefore + (this.#source?.bytesReceived() ?? 0);
  }

  /** As snapshots tell it; called about once a second. */
  observe(nowMs: number) {
    const { bytesIn } = this;
    return {
      encoderLagMs: this.#source?.encoderLagMs() ?? null,
      bytesIn,
      ingressKbps: this.#ingress.kbps(bytesIn, nowMs),
      ...(this.#input && { input: this.#input }),
    };
  }
}
