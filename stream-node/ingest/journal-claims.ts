/**
 * Who works on the journal of a session while nobody fills it. They let go of it before it is opened to be filled: two who
 * have it open tear it.
 */
export type JournalClaims = {
  /** The journal is about to be opened, which waits until this resolves: nobody else works on it then. Never rejects. */
  claim(streamId: string, recorderSession: string): Promise<void>;
  /**
   * Nobody fills a journal that was claimed. Called once for each claim, but where `source` told of the session: then whoever
   * reads it is the last to have it.
   *
   * @param isComplete all of the session is in it
   */
  release(streamId: string, recorderSession: string, isComplete: boolean): void;
};
