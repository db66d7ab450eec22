/** Where time comes in, so that tests can hold it. */
export type Clock = {
  /** unix milliseconds */
  nowMs(): number;
};

export const systemClock: Clock = { nowMs: () => Date.now() };
