/** A peer broke the protocol or a bound of ours; the message is fit for a log and for the encoder's owner, and holds no key. */
export class RtmpFault extends Error {
  override readonly name = 'RtmpFault';
}
