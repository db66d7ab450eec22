import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import type { GrantAction } from '../contract/grants';
import { RtmpAdmissionRequest, rtmpAdmissionPath } from '../contract/rtmp-admission';
import { type GrantPrivateKey, signGrant } from '../contract/signing';
import { askNowPath, type DesiredState, type DesiredStream, NodeSnapshot, snapshotPath } from '../contract/snapshots';

export const testNodeSecret = 'a-node-secret-for-tests';

/** A web process of a test's own: it speaks the real exchange of snapshots and signs real grants. */
export class TestWeb implements AsyncDisposable {
  readonly #desired = new Map<string, DesiredStream>();
  readonly #waiting = new Set<() => void>();
  /** key hashes that nodes asked for */
  readonly askedKeyHashes: string[] = [];
  /** what else nodes are told */
  alsoDesired: Partial<DesiredState> = {};
  /** long before all that is sent of them */
  readonly streamsStartedAtMs = Date.now() - 3_600_000;
  #latest: NodeSnapshot | undefined;

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    private readonly key: GrantPrivateKey,
  ) {}

  static async start(): Promise<TestWeb> {
    const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
    const { x = '', d = '' } = await exportJWK(privateKey);
    const server = createServer();
    const web = new TestWeb(server, { kty: 'OKP', crv: 'Ed25519', x, d });
    server.on('request', (request, response) => {
      const body: Buffer[] = [];
      request.on('data', (slice: Buffer) => body.push(slice));
      request.on('end', () => {
        const hasSecret = request.headers.authorization === `Bearer ${testNodeSecret}`;
        const answer = hasSecret ? web.#route(request.url, Buffer.concat(body)) : undefined;
        response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return web;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** of the node that was heard of last */
  get bootId(): string | undefined {
    return this.#latest?.bootId;
  }

  /** Wants a stream on the node, or something else of one it has, and tells the node to ask. */
  async want(stream: Pick<DesiredStream, 'streamId'> & Partial<DesiredStream>): Promise<void> {
    const before = this.#desired.get(stream.streamId) ?? {
      epoch: 1,
      action: 'run',
      kind: 'video',
      profile: 'balanced',
      record: true,
      visibility: 'public',
      streamKeyHash: null,
      dvrWindowSeconds: 600,
      graceSeconds: 120,
      startedAtMs: this.streamsStartedAtMs,
    };
    this.#desired.set(stream.streamId, { ...before, ...stream });
    if (this.#latest !== undefined) {
      await fetch(`${this.#latest.controlUrl}${askNowPath}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${testNodeSecret}` },
      });
    }
  }

  grant(streamId: string, action: GrantAction, epoch = 1): Promise<string> {
    const expiresAt = Math.floor(Date.now() / 1000) + 3600;
    return signGrant({ userId: 'usr_tester', streamId, action, epoch, expiresAt }, this.key);
  }

  /** The first snapshot, already taken or still to come, for which `holds` is true. */
  async snapshotWhere(holds: (snapshot: NodeSnapshot) => boolean): Promise<NodeSnapshot> {
    for (;;) {
      if (this.#latest !== undefined && holds(this.#latest)) {
        return this.#latest;
      }
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Makes `streamKey` the one key of a stream that was wanted, and tells the node. */
  async giveKey(streamId: string, streamKey: string): Promise<void> {
    const streamKeyHash = createHash('sha256').update(streamKey).digest('hex');
    await this.want({ streamId, streamKeyHash });
  }

  #route(path: string | undefined, body: Buffer): object | undefined {
    if (path === rtmpAdmissionPath) {
      const { keyHash } = RtmpAdmissionRequest.parse(JSON.parse(body.toString()));
      this.askedKeyHashes.push(keyHash);
      const stream = [...this.#desired.values()].find(({ streamKeyHash }) => streamKeyHash === keyHash);
      return stream === undefined
        ? { ok: false, code: 'bad_key', message: 'This stream key is not valid' }
        : { ok: true, streamId: stream.streamId, epoch: stream.epoch };
    }
    if (path === snapshotPath) {
      this.#take(NodeSnapshot.parse(JSON.parse(body.toString())));
      return this.#answer();
    }
    return undefined;
  }

  #take(snapshot: NodeSnapshot): void {
    this.#latest = snapshot;
    for (const resolve of this.#waiting) {
      resolve();
    }
    this.#waiting.clear();
  }

  #answer() {
    return {
      serverTimeMs: Date.now(),
      grantPublicKey: { kty: this.key.kty, crv: this.key.crv, x: this.key.x },
      webOrigins: [],
      streams: [...this.#desired.values()],
      drain: false,
      revokedGrantIds: [],
      confirmedTakeIds: [],
      ...this.alsoDesired,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
