/**
 * Keeps the screen on while a broadcast runs. The lock goes whenever the page is hidden, so it is taken again when the
 * page comes back. Returns the way to let go. A browser without it, or one that refuses to save its battery, goes on.
 */
export function keepScreenOn(): () => void {
  let lock: WakeLockSentinel | null = null;
  let isOver = false;
  const take = async () => {
    if (isOver || document.visibilityState !== 'visible' || !('wakeLock' in navigator)) {
      return;
    }
    const taken = await navigator.wakeLock.request('screen').catch(() => null);
    if (isOver) {
      await taken?.release();
    } else {
      lock = taken;
    }
  };
  const onVisible = () => void take();
  document.addEventListener('visibilitychange', onVisible);
  onVisible();
  return () => {
    isOver = true;
    document.removeEventListener('visibilitychange', onVisible);
    void lock?.release();
  };
}
