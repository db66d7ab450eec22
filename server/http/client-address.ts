import type { IncomingHttpHeaders } from 'node:http';
import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

export type AddressRange = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** IPv4 inside IPv6 (`::ffff:127.0.0.1`), as sockets that listen on both show it, is IPv4. @returns `null` for no address */
function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  return ipaddr.isValid(text) ? ipaddr.process(text) : null;
}

/** `10.0.0.0/8`, or one address. @throws Error when it is neither */
export function parseAddressRange(text: string): AddressRange {
  if (text.includes('/')) {
    return ipaddr.parseCIDR(text);
  }
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

function isIn(address: ipaddr.IPv4 | ipaddr.IPv6, ranges: AddressRange[]): boolean {
  return ranges.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits));
}

/**
 * Where a request comes from. `X-Forwarded-For` counts only behind a proxy of `trustedProxies`, and of it only what such
 * a proxy added: the nearest address that is not itself one. Whatever stands further left the client may have made up.
 */
export function clientAddress(
  request: { remoteAddress: string; headers: IncomingHttpHeaders },
  trustedProxies: AddressRange[],
): string {
  if (trustedProxies.length === 0) {
    return request.remoteAddress;
  }
  const forwarded = [request.headers['x-forwarded-for'] ?? []].flat().join(',');
  const hops = [...forwarded.split(',').map((hop) => hop.trim()), request.remoteAddress].reverse();
  let client = request.remoteAddress;
  for (const hop of hops) {
    const address = parseAddress(hop);
    if (address === null) {
      break;
    }
    client = address.toString();
    if (!isIn(address, trustedProxies)) {
      break;
    }
  }
  return client;
}

/** Whom a limit counts as one: an IPv4 address, or the /64 that a provider gives to one customer. */
export function limitedAddress(address: string): string {
  if (isIPv4(address)) {
    return address;
  }
  const parsed = parseAddress(address);
  if (parsed === null || parsed.kind() === 'ipv4') {
    return parsed?.toString() ?? address;
  }
  return `${new ipaddr.IPv6([...parsed.toByteArray().slice(0, 8), 0, 0, 0, 0, 0, 0, 0, 0]).toString()}/64`;
}
