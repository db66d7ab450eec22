/** Less than this cannot be left of a recording: a segment lasts two seconds. */
export const trimmedSecondsLeast = 4;
