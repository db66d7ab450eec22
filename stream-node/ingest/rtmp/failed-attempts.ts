import { isIPv6 } from 'node:net';
import { RateLimiterMemory } from 'rate-limiter-flexible';

/** Wrong keys that one address may send in a minute before its next ones are not even looked at. */
const attemptsPerMinute = 20;

/** Counts wrong stream keys by address, so that nobody can try keys at speed. Right keys cost nothing. */
export class FailedAttempts {
  readonly #limiter = new RateLimiterMemory({ points: attemptsPerMinute, duration: 60 });

  /** Whether the address has used up its attempts. */
  async areSpent(remoteAddress: string): Promise<boolean> {
    const used = await this.#limiter.get(addressKey(remoteAddress));
    return used !== null && used.consumedPoints >= attemptsPerMinute;
  }

  async count(remoteAddress: string): Promise<void> {
    await this.#limiter.penalty(addressKey(remoteAddress));
  }
}

/** Whoever has one IPv6 address has the /64 around it. */
function addressKey(remoteAddress: string): string {
  const address = remoteAddress.replace(/^::ffff:(?=\d+\.)/, '');
  if (!isIPv6(address)) {
    return address;
  }
  const [head = '', tail] = address.replace(/%.*$/, '').split('::', 2);
  const groups = head === '' ? [] : head.split(':');
  const omitted = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  return [...groups, ...Array.from({ length: omitted }, () => '0'), ...(tail ?? '').split(':')].slice(0, 4).join(':');
}
