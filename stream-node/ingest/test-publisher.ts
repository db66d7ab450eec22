import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { WebSocket } from 'ws';
import { GrantPublicKey } from '../contract/grants';
import { encodeChunk, type Hello, ingestPath, NodeMessage } from '../contract/ingest-protocol';
import { type GrantPrivateKey, signGrant } from '../contract/signing';
import type { IngestServer } from './ingest-server';

/** A key pair as the web has it. */
export async function makeGrantKeys(): Promise<{ publicKey: GrantPublicKey; privateKey: GrantPrivateKey }> {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const jwk = await exportJWK(pair.privateKey);
  const publicKey = GrantPublicKey.parse(await exportJWK(pair.publicKey));
  return { publicKey, privateKey: { ...publicKey, d: jwk.d ?? '' } };
}

/** A publish grant, good for a minute unless told otherwise. */
export async function publishGrant(
  privateKey: GrantPrivateKey,
  streamId: string,
  changes: Partial<Parameters<typeof signGrant>[0]> = {},
): Promise<string> {
  const expiresAt = Math.floor(Date.now() / 1000) + 60;
  return await signGrant(
    { userId: 'usr_publisher1', streamId, action: 'publish', epoch: 1, expiresAt, ...changes },
    privateKey,
  );
}

/** An HTTP server on a free loopback port that hands its upgrades to `ingest`. */
export async function listenFor(ingest: IngestServer): Promise<{ url: string; server: Server }> {
  const server = createServer();
  server.on('upgrade', (request, socket, head) => {
    if (!ingest.handleUpgrade(request, socket, head)) {
      socket.destroy();
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `ws://127.0.0.1:${port}${ingestPath}`, server };
}

type Waiter = { wanted: (message: NodeMessage) => boolean; resolve: (message: NodeMessage) => void };

/** A publisher on a real socket: sends what it is told, keeps what it hears, and waits on it. */
export class TestPublisher {
  readonly heard: NodeMessage[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  private waiters: Waiter[] = [];

  private constructor(readonly socket: WebSocket) {
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    socket.on('message', (data) => {
      const message = NodeMessage.parse(JSON.parse(data.toString()));
      this.heard.push(message);
      this.waiters = this.waiters.filter(({ wanted, resolve }) => {
        const found = wanted(message);
        if (found) {
          resolve(message);
        }
        return !found;
      });
    });
  }

  static async connect(url: string, headers: Record<string, string> = {}): Promise<TestPublisher> {
    const publisher = new TestPublisher(new WebSocket(url, { headers }));
    await new Promise<void>((resolve, reject) => {
      publisher.socket.once('open', resolve);
      publisher.socket.once('error', reject);
    });
    return publisher;
  }

  /** Connects, says hello and waits for the welcome. */
  static async publish(url: string, hello: Omit<Hello, 'type'>): Promise<TestPublisher> {
    const publisher = await TestPublisher.connect(url);
    publisher.send({ type: 'hello', ...hello });
    await publisher.hears('welcome');
    return publisher;
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  chunk(sequence: number, bytes: Uint8Array, captureTimeMs = Date.now()): void {
    this.socket.send(encodeChunk({ sequence, captureTimeMs, bytes }));
  }

  /** The first message of the type that was heard or will be, for which `suits` holds. */
  async hears<Type extends NodeMessage['type']>(
    type: Type,
    suits: (message: Extract<NodeMessage, { type: Type }>) => boolean = () => true,
  ): Promise<Extract<NodeMessage, { type: Type }>> {
    const isType = (message: NodeMessage): message is Extract<NodeMessage, { type: Type }> => message.type === type;
    const wanted = (message: NodeMessage) => isType(message) && suits(message);
    const found =
      this.heard.find(wanted) ?? (await new Promise<NodeMessage>((resolve) => this.waiters.push({ wanted, resolve })));
    if (!isType(found)) {
      throw new Error(`waited for ${type}, got ${found.type}`);
    }
    return found;
  }

  /** The refusal and the close that follows it. */
  async refusal(): Promise<{ code: string; retryable: boolean; closeCode: number; message: string }> {
    const [{ code, retryable, message }, close] = await Promise.all([this.hears('refused'), this.closed]);
    return { code, retryable, message, closeCode: close.code };
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}
