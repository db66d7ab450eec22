/** A recorder was started and gave nothing at all; in words for whoever wants to go live. */
export class NothingRecorded extends Error {
  override readonly name = 'NothingRecorded';

  constructor(wanted: 'picture' | 'sound') {
    super(
      wanted === 'picture'
        ? 'This browser records no picture. Go live with sound only, or use Chrome, Edge, Firefox or Safari.'
        : 'This browser records no sound. Use Chrome, Edge, Firefox or Safari.',
    );
  }
}
