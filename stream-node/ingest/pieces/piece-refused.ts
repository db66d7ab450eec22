/** A piece, or a call about pieces, that is not taken; the message is for the broadcaster and names field and rule. */
export class PieceRefused extends Error {
  override readonly name = 'PieceRefused';
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 503,
    message: string,
  ) {
    super(message);
  }
}
