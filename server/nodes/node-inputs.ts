import { z } from 'zod';
import { PublicId } from '../../stream-node/contract/ids';
import { Name } from '../text/plain-text';

/** Labels of letters, digits and hyphens with dots between (RFC 1123 2.1). */
const hostName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

const IpAddress = z.union([z.ipv4(), z.ipv6()], 'must be an IPv4 or IPv6 address');

export const RegisterNodeInput = z.object({
  name: Name,
  hostName: z.string('must be text').regex(hostName, 'must be a host name'),
  internalAddress: IpAddress,
  externalAddress: IpAddress,
});
export type RegisterNodeInput = z.output<typeof RegisterNodeInput>;

export const NodeIdInput = z.object({ nodeId: PublicId });
export type NodeIdInput = z.output<typeof NodeIdInput>;

export const DrainNodeInput = NodeIdInput.extend({
  /** false: it takes new streams again; default true */
  isWanted: z.boolean().optional(),
});
export type DrainNodeInput = z.output<typeof DrainNodeInput>;
