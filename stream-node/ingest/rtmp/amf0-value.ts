/** What AMF0 can say, as far as RTMP commands use it. A date is unix milliseconds, an object a map in its written order. */
export type Amf0Value = number | string | boolean | null | undefined | Date | Amf0Value[] | Map<string, Amf0Value>;

/** Markers of the AMF0 specification, 2.1. */
export const amf0Markers = {
  number: 0x00,
  boolean: 0x01,
  string: 0x02,
  object: 0x03,
  null: 0x05,
  undefined: 0x06,
  ecmaArray: 0x08,
  objectEnd: 0x09,
  strictArray: 0x0a,
  date: 0x0b,
  longString: 0x0c,
} as const;
