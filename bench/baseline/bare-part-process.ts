import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Node's own server with the least that can be asked of it: one body, always the same. Says its port, then its CPU time on each message. */
const body = Buffer.alloc(Number(process.argv[2]), 'media');
const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': body.byteLength });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000 });
});
process.on('disconnect', () => process.exit());
