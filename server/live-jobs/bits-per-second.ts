import { z } from 'zod';

const pattern = /^(\d{1,9}(?:\.\d{1,3})?)([kKmM]?)$/;
const factors: Record<string, number> = { '': 1, k: 1000, m: 1_000_000 };

/** A bitrate as encoders are told it: bits per second as a number, or as text such as "365k" or "1.2M". */
export function bitsPerSecond({ min, max }: { min: number; max: number }) {
  const rule = `must be a bitrate from ${min / 1000}k to ${max / 1000}k, such as "365k"`;
  return z
    .union([z.number(rule), z.string(rule)], rule)
    .transform((value) => {
      const [, digits = '', unit = ''] = pattern.exec(String(value)) ?? [];
      return digits === '' ? Number.NaN : Math.round(Number(digits) * (factors[unit.toLowerCase()] ?? 1));
    })
    .pipe(z.int(rule).min(min, rule).max(max, rule));
}
