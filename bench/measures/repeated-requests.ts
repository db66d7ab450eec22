import { KeptConnection } from './kept-connection';

/**
 * Asks for one path over and over on `connections` kept connections, each as soon as it has its answer, and tells how often. For
 * what a server costs by the request: the client takes as little of the machine as it can.
 *
 * @throws Error on any answer but 200, and when a connection breaks
 */
export async function repeatRequests(
  address: { port: number; path: string },
  options: { connections: number; seconds: number },
): Promise<number> {
  const endsAtMs = performance.now() + options.seconds * 1000;
  let answered = 0;
  const repeat = () =>
    new Promise<void>((resolve, reject) => {
      const connection = new KeptConnection({
        port: address.port,
        onLost: (reason) => reject(new Error(`${address.path}: ${reason}`)),
        onAnswer: ({ status }) => {
          answered += 1;
          if (status === 200 && performance.now() < endsAtMs) {
            connection.ask(address.path, false);
            return;
          }
          connection[Symbol.dispose]();
          if (status === 200) {
            resolve();
          } else {
            reject(new Error(`${address.path} answered ${status}`));
          }
        },
      });
      connection.ask(address.path, false);
    });
  await Promise.all(Array.from({ length: options.connections }, repeat));
  return answered;
}
