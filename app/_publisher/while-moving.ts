/**
 * Waits for `done` for as long as `progress()` changes: false when it stood still for `patienceMs`, or when `done` rejects.
 */
export async function whileMoving(
  done: Promise<unknown>,
  progress: () => number,
  patienceMs: number,
): Promise<boolean> {
  let seen = progress();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stuck = new Promise<boolean>((resolve) => {
    const look = () => {
      const now = progress();
      if (now === seen) {
        resolve(false);
        return;
      }
      seen = now;
      timer = setTimeout(look, patienceMs);
    };
    timer = setTimeout(look, patienceMs);
  });
  const through = done.then(
    () => true,
    () => false,
  );
  const isThrough = await Promise.race([through, stuck]);
  clearTimeout(timer);
  return isThrough;
}
