/** What is wrong with a feed, in words for the owner of the event. Carries no address and nothing that the feed said. */
export class FeedFault extends Error {
  override readonly name = 'FeedFault';
}
