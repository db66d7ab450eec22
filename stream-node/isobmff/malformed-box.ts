/** Bytes that are not the ISO base media file they claim to be. Says in which box and what is wrong; never holds the bytes. */
export class MalformedBox extends Error {
  override readonly name = 'MalformedBox';

  constructor(
    /** four-character code of the box that was being read, or `file` outside any box */
    readonly fourcc: string,
    reason: string,
  ) {
    super(`${fourcc}: ${reason}`);
  }
}
