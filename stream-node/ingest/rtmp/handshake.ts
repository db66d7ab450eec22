import { randomBytes } from 'node:crypto';
import { RtmpFault } from './rtmp-fault';

/** RTMP 1.0, 5.2.3: time (4), zero (4), random bytes (1528). */
const helloBytes = 1536;
const version = 3;

/**
 * The server's half of the simple handshake (RTMP 1.0, 5.2): C0 and C1 in, S0, S1 and S2 out, then C2 in. Clients that offer
 * the digest handshake see the zeros in S1 and fall back to this one, so nothing else is needed to take publishers.
 */
export class Handshake {
  #step: 'C0' | 'C1' | 'C2' | 'done' = 'C0';
  #held: Buffer = Buffer.alloc(0);

  get isDone(): boolean {
    return this.#step === 'done';
  }

  /**
   * Takes in what the client sent.
   *
   * @returns what to answer, and the bytes that follow the handshake
   * @throws RtmpFault when the first byte is not of RTMP version 3
   */
  push(bytes: Buffer): { answer: Buffer; rest: Buffer } {
    this.#held = Buffer.concat([this.#held, bytes]);
    const answers: Buffer[] = [];
    if (this.#step === 'C0' && this.#held.byteLength >= 1) {
      if (this.#held[0] !== version) {
        throw new RtmpFault('the first byte is not that of an RTMP handshake of version 3');
      }
      this.#take(1);
      this.#step = 'C1';
    }
    if (this.#step === 'C1' && this.#held.byteLength >= helloBytes) {
      answers.push(ourHello(this.#take(helloBytes)));
      this.#step = 'C2';
    }
    // C2 is the echo of our own random bytes. Not every client sends it true, and nothing rests on it.
    if (this.#step === 'C2' && this.#held.byteLength >= helloBytes) {
      this.#take(helloBytes);
      this.#step = 'done';
    }
    const rest = this.#step === 'done' ? this.#take(this.#held.byteLength) : Buffer.alloc(0);
    return { answer: Buffer.concat(answers), rest };
  }

  #take(count: number): Buffer {
    const taken = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(count);
    return taken;
  }
}

/** S0, S1 and S2; S2 is C1 said again. */
function ourHello(theirHello: Buffer): Buffer {
  const s1 = Buffer.concat([Buffer.alloc(8), randomBytes(helloBytes - 8)]);
  return Buffer.concat([Buffer.from([version]), s1, theirHello]);
}
