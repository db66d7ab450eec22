/**
 * How a stream node's process is started. What a blocked request holds lives for a third of a second: in a young generation of
 * the usual size, a crowd's outlives several collections, is copied by each of them, and dies old.
 */
export const streamNodeFlags = ['--max-semi-space-size=32'];
