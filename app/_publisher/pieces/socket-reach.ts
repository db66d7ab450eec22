/** A socket that neither opens nor fails for so long is swallowed on its way, in milliseconds. */
const patienceMs = 5000;

/**
 * Whether WebSockets get through to an address. Some offices and schools let only plain requests pass; there a broadcaster
 * goes live by uploading files.
 */
export async function isSocketReachable(url: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const settle = (isReachable: boolean) => {
      clearTimeout(timer);
      resolve(isReachable);
      socket.close();
    };
    const timer = setTimeout(() => settle(false), patienceMs);
    const socket = new WebSocket(url);
    socket.addEventListener('open', () => settle(true), { once: true });
    socket.addEventListener('error', () => settle(false), { once: true });
  });
}
