/** Where to send and with which right: what `streams.create` and `streams.renewPublishGrant` answer. */
export type IngestAccess = { websocketUrl: string; grant: string };

/** Thrown by `renewAccess` when the web said no for good: the stream is over, or is not this person's. */
export class RenewalRefused extends Error {}
