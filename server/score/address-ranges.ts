import ipaddr from 'ipaddr.js';

/** A range of addresses in CIDR words, such as `192.168.1.0/24`; a single address stands for itself. */
export function isAddressRange(text: string): boolean {
  return text.includes('/') ? ipaddr.isValidCIDR(text) : isAddress(text);
}

/** Whether a host is an address, written as addresses usually are. */
export function isAddress(host: string): boolean {
  // The short and octal forms that `ipaddr` knows besides are names to everyone else.
  return host.includes(':') ? ipaddr.IPv6.isValid(host) : ipaddr.IPv4.isValidFourPartDecimal(host);
}

/** Whether an address lies in one of the ranges. */
export function isWithin(address: string, ranges: string[]): boolean {
  const parsed = ipaddr.process(address);
  return ranges.some((range) => {
    const [network, bits] = ipaddr.parseCIDR(
      range.includes('/') ? range : `${range}/${ipaddr.parse(range).kind() === 'ipv4' ? 32 : 128}`,
    );
    return network.kind() === parsed.kind() && parsed.match(network, bits);
  });
}

/** RFC 4291 2.4, RFC 3513: the one block from which global unicast addresses are given out. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an address is one that anybody on the internet may be at: not private, shared, loopback, link-local, multicast,
 * reserved, and none of the forms in which IPv6 wraps such an address.
 */
export function isPublicAddress(address: string): boolean {
  // `process` turns an IPv4-mapped address into the IPv4 one that would be connected to.
  const parsed = ipaddr.process(address);
  return parsed.range() === 'unicast' && (parsed.kind() === 'ipv4' || parsed.match(globalUnicast));
}
