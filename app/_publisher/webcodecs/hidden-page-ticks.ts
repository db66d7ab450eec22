/** A worker's timers keep their pace where a hidden page's come once a second. */
const worker = 'onmessage = ({ data }) => setInterval(() => postMessage(null), data);';

/** Calls back every `everyMs` milliseconds for as long as the page is hidden, until what is returned is called. */
export function hiddenPageTicks(everyMs: number, tick: () => void): () => void {
  let running: Worker | null = null;
  const halt = () => {
    running?.terminate();
    running = null;
  };
  const follow = () => {
    if (document.visibilityState !== 'hidden') {
      halt();
    } else if (running === null) {
      const url = URL.createObjectURL(new Blob([worker], { type: 'text/javascript' }));
      running = new Worker(url);
      URL.revokeObjectURL(url);
      running.onmessage = tick;
      running.postMessage(everyMs);
    }
  };
  document.addEventListener('visibilitychange', follow);
  follow();
  return () => {
    document.removeEventListener('visibilitychange', follow);
    halt();
  };
}
