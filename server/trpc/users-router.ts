import { DeleteAccountInput, deleteAccount } from '../users/delete-account';
import { GetDataDeletionInput, getDataDeletion } from '../users/facebook-data-deletion';
import { getUser } from '../users/get-user';
import { updateMe } from '../users/update-me';
import { GetUserInput, UpdateMeInput } from '../users/user-inputs';
import { procedure, router } from './init';

export const usersRouter = router({
  get: procedure.input(GetUserInput).query(({ ctx, input }) => getUser(ctx, input)),
  updateMe: procedure.input(UpdateMeInput).mutation(({ ctx, input }) => updateMe(ctx, input)),
  deleteAccount: procedure.input(DeleteAccountInput).mutation(({ ctx, input }) => deleteAccount(ctx, input)),
  dataDeletion: procedure.input(GetDataDeletionInput).query(({ ctx, input }) => getDataDeletion(ctx, input)),
});
