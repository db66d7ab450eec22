import type { Page, Response } from '@playwright/test';

/** Adds up the media that a page is sent: what lies in the `mdat` boxes, without any container around it. */
export class MediaBytes {
  readonly #read: Promise<number>[] = [];

  constructor(page: Page) {
    page.on('response', (response) => {
      if (/\.(m4s|mp4)(\?|$)/.test(response.url())) {
        const reading = mediaBytesIn(response);
        // Whoever asks for the total hears of it; when nobody asks any more, the page is closing.
        reading.catch(() => undefined);
        this.#read.push(reading);
      }
    });
  }

  /** All that was asked for so far, once it has come. */
  async total(): Promise<number> {
    const all = await Promise.all(this.#read);
    return all.reduce((sum, bytes) => sum + bytes, 0);
  }
}

async function mediaBytesIn(response: Response): Promise<number> {
  const brokenOff = await response.finished();
  return brokenOff ? 0 : mediaBytesOf(await response.body());
}

/** The bytes in the `mdat` boxes of a file of ISO BMFF boxes (ISO/IEC 14496-12, 4.2). */
export function mediaBytesOf(file: Buffer): number {
  let bytes = 0;
  for (let offset = 0; offset + 8 <= file.length; ) {
    const size = file.readUInt32BE(offset);
    if (size < 8) {
      throw new Error(`a box of ${size} bytes at ${offset}: only plain sizes are understood`);
    }
    if (file.toString('latin1', offset + 4, offset + 8) === 'mdat') {
      bytes += size - 8;
    }
    offset += size;
  }
  return bytes;
}
