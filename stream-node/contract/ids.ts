import { customAlphabet } from 'nanoid';
import { z } from 'zod';

/**
 * Public ids: a short word for the kind, then 12 characters from an alphabet without look-alikes. They appear in URLs,
 * in file names and in grants, so the shape is checked before an id touches a path or a query.
 */
const idKinds = {
  user: 'usr',
  event: 'evt',
  stream: 'str',
  node: 'nod',
  take: 'tak',
  job: 'job',
  recorderSession: 'rec',
  playback: 'pbk',
  message: 'msg',
  apiToken: 'tok',
} as const;

export type IdKind = keyof typeof idKinds;

const randomPart = customAlphabet('23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz', 12);

/** A new public id of the given kind, such as `str_7HqK2mNpRtXa`. 70 bits of randomness. */
export function newId(kind: IdKind): string {
  return `${idKinds[kind]}_${randomPart()}`;
}

/** Any public id: 9 to 64 characters of `[A-Za-z0-9_-]` (the contract promises 9 or more). */
export const PublicId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{9,64}$/, 'must be 9 to 64 characters of A-Z, a-z, 0-9, _ and -');

export const StreamId = PublicId.describe('public id of a stream');
export type StreamId = z.infer<typeof StreamId>;

export const NodeId = PublicId.describe('public id of a stream node');
export type NodeId = z.infer<typeof NodeId>;

export const RecorderSessionId = PublicId.describe('one unbroken run of a recorder in a publisher');
export type RecorderSessionId = z.infer<typeof RecorderSessionId>;

export const TakeId = PublicId.describe('one recorded run of a stream on one node');
export type TakeId = z.infer<typeof TakeId>;
