import { z } from 'zod';
import { PublicId } from '../../stream-node/contract/ids';
import { Description, LanguageTag, Name } from '../text/plain-text';

export const GetUserInput = z.object({ userId: PublicId });
export type GetUserInput = z.output<typeof GetUserInput>;

export const UpdateMeInput = z.object({
  name: Name.optional(),
  description: Description.optional(),
  language: LanguageTag.optional(),
});
export type UpdateMeInput = z.output<typeof UpdateMeInput>;

export const CreateUserInput = z.object({
  name: Name,
  description: Description.optional(),
  language: LanguageTag.optional(),
});
export type CreateUserInput = z.output<typeof CreateUserInput>;
