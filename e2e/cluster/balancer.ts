import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** One address before several: each connection goes to the next one that takes it, as a TCP balancer does. */
export class Balancer implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #turn = 0;
  #isAway = false;
  #isFrozen = false;

  private constructor(
    private readonly targets: readonly string[],
    private readonly host: string,
  ) {
    this.#server = createServer((socket) => this.#serve(socket, targets.length));
  }

  static async start(targets: readonly string[], host = '127.0.0.1'): Promise<Balancer> {
    const balancer = new Balancer(targets, host);
    balancer.#server.listen(0, host);
    await once(balancer.#server, 'listening');
    return balancer;
  }

  get url(): string {
    return `http://${this.host}:${this.port}`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** As when everything behind it is gone: connections break, and new ones too. */
  goAway(): void {
    this.#isAway = true;
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }

  /** As when everything behind it stands still: connections stay open, new ones are taken, and nothing is said. */
  freeze(): void {
    this.#isFrozen = true;
    for (const socket of this.#sockets) {
      socket.pause();
    }
  }

  comeBack(): void {
    this.#isAway = false;
    this.#isFrozen = false;
    for (const socket of this.#sockets) {
      socket.resume();
    }
  }

  #serve(socket: Socket, triesLeft: number): void {
    this.#keep(socket);
    if (this.#isAway) {
      socket.destroy();
      return;
    }
    const { hostname, port } = new URL(this.targets[this.#turn++ % this.targets.length] ?? '');
    const there = connect(Number(port), hostname);
    this.#keep(there);
    there.once('connect', () => {
      socket.pipe(there).pipe(socket);
      if (this.#isFrozen) {
        socket.pause();
        there.pause();
      }
    });
    there.once('error', () => {
      if (there.connecting || triesLeft <= 1) {
        socket.destroy();
      } else {
        this.#serve(socket, triesLeft - 1);
      }
    });
    there.once('close', () => socket.end());
    socket.once('close', () => there.destroy());
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    this.#server.close();
    await once(this.#server, 'close');
  }
}
