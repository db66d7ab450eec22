/** A rule of LL-HLS that a playlist broke. */
export type Violation = {
  /** the rule's short name, such as `part-too-long` */
  readonly rule: string;
  /** what was found, with the media sequence or URI it was found at */
  readonly detail: string;
};

export type Report = (rule: string, detail: string) => void;

/** Decimals of five places are what a playlist carries; sums of a few of them are off by this much at most. */
export const roundingSeconds = 0.0005;
