/** A recorder that ended because its picture is another now: nothing is wrong with it, and the next one takes the picture as it is. */
export class PictureChanged extends Error {
  override readonly name = 'PictureChanged';
}
