import type { Clock } from '../clock';
import type { Grant, GrantPublicKey } from '../contract/grants';
import { checkGrant } from '../contract/signing';
import type { PlayableStream } from './playable-stream';
import type { RefusalCode } from './refusals';

const rememberedGrantsMax = 10_000;

/**
 * Who may play: anyone a public stream, and a private one who bears a play grant for it in the path. Grants are checked
 * offline. A good signature is remembered, as a viewer shows the same grant several times a second; all that can change
 * is looked at each time.
 */
export class PlaybackAccess {
  readonly #remembered = new Map<string, Grant>();
  #rememberedKey = '';

  constructor(
    private readonly options: {
      clock: Clock;
      publicKey: () => GrantPublicKey | undefined;
      isRevoked: (grantId: string) => boolean;
    },
  ) {}

  /** Whether it is known already that the stream may be played with this grant; `false` where it must be looked at. */
  isKnown(stream: PlayableStream, token: string | undefined): boolean {
    if (stream.visibility === 'public') {
      return true;
    }
    const isOfThisKey = this.options.publicKey()?.x === this.#rememberedKey;
    return isOfThisKey && token !== undefined && this.#isStillGood(this.#remembered.get(token), stream);
  }

  /** Why the stream may not be played with this grant, or `undefined` where it may. */
  async refusal(stream: PlayableStream, token: string | undefined): Promise<RefusalCode | undefined> {
    if (this.isKnown(stream, token)) {
      return undefined;
    }
    const publicKey = this.options.publicKey();
    if (publicKey === undefined) {
      return 'key_unknown';
    }
    if (publicKey.x !== this.#rememberedKey) {
      this.#remembered.clear();
      this.#rememberedKey = publicKey.x;
    }
    const check = await checkGrant(token, publicKey, {
      streamId: stream.streamId,
      action: 'play',
      minimumEpoch: stream.epoch,
      now: new Date(this.options.clock.nowMs()),
      isRevoked: this.options.isRevoked,
    });
    if (!check.ok) {
      return check.refusal;
    }
    if (token !== undefined) {
      this.#remember(token, check.grant);
    }
    return undefined;
  }

  #isStillGood(grant: Grant | undefined, stream: PlayableStream): boolean {
    return (
      grant !== undefined &&
      grant.streamId === stream.streamId &&
      grant.epoch >= stream.epoch &&
      grant.expiresAt * 1000 > this.options.clock.nowMs() &&
      !this.options.isRevoked(grant.grantId)
    );
  }

  #remember(token: string, grant: Grant): void {
    if (this.#remembered.size >= rememberedGrantsMax) {
      this.#remembered.clear();
    }
    this.#remembered.set(token, grant);
  }
}
