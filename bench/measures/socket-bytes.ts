import type { Page } from '@playwright/test';

/** Adds up what a page's WebSockets carry both ways, with the head of each frame (RFC 6455, 5.2). */
export class SocketBytes {
  total = 0;

  constructor(page: Page) {
    page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => {
        this.total += frameBytes(payload, 0);
      });
      socket.on('framesent', ({ payload }) => {
        this.total += frameBytes(payload, 4);
      });
    });
  }
}

function frameBytes(payload: string | Buffer, maskBytes: number): number {
  const length = Buffer.byteLength(payload);
  return length + maskBytes + (length < 126 ? 2 : length < 65_536 ? 4 : 10);
}
