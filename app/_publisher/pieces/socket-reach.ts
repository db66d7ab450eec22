/** A socket that neither opens nor fails for so long is swallowed on its way, in milliseconds. */
const patienceMs = 5000;

/**
 * A WebSocket to an address, open; null where none gets through. Some offices and schools let only plain requests pass; there
 * a broadcaster goes live by uploading files.
 */
export async function reachSocket(url: string): Promise<WebSocket | null> {
  return await new Promise((resolve) => {
    const socket = new WebSocket(url);
    const listening = new AbortController();
    const settle = (reached: WebSocket | null) => {
      clearTimeout(timer);
      listening.abort();
      resolve(reached);
    };
    const fail = () => {
      settle(null);
      socket.close();
    };
    const timer = setTimeout(fail, patienceMs);
    socket.addEventListener('open', () => settle(socket), { signal: listening.signal });
    socket.addEventListener('error', fail, { signal: listening.signal });
  });
}
