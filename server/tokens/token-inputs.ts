import { z } from 'zod';
import { PublicId } from '../../stream-node/contract/ids';
import { Name } from '../text/plain-text';

export const CreateTokenInput = z.object({ userId: PublicId, name: Name });
export type CreateTokenInput = z.output<typeof CreateTokenInput>;

export const ListTokensInput = z.object({ userId: PublicId });
export type ListTokensInput = z.output<typeof ListTokensInput>;

export const RevokeTokenInput = z.object({ userId: PublicId, tokenId: PublicId });
export type RevokeTokenInput = z.output<typeof RevokeTokenInput>;
