import http from 'node:http';

export type ClosedLoop = {
  /** of all connections together */
  requestsPerSecond: number;
  /** of each request, in milliseconds */
  latenciesMs: number[];
};

/**
 * Asks for one URL over and over on `connections` kept connections, each as soon as it has its answer.
 *
 * @throws Error on any answer but 200
 */
export async function closedLoop(url: string, options: { connections: number; seconds: number }): Promise<ClosedLoop> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: options.connections });
  const latenciesMs: number[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + options.seconds * 1000;
  const loop = async () => {
    while (performance.now() < endsAt) {
      const askedAt = performance.now();
      await ask(url, agent);
      latenciesMs.push(performance.now() - askedAt);
    }
  };
  try {
    await Promise.all(Array.from({ length: options.connections }, loop));
    return { requestsPerSecond: (latenciesMs.length * 1000) / (performance.now() - startedAt), latenciesMs };
  } finally {
    agent.destroy();
  }
}

function ask(url: string, agent: http.Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent }, (response) => {
      response.resume();
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) {
          resolve();
        } else {
          reject(new Error(`${url} answered ${response.statusCode}`));
        }
      });
    });
    request.on('error', reject);
  });
}
