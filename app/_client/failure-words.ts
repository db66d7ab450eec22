import { TRPCClientError } from '@trpc/client';

/** What a failed call is told as: our own words where the server sent them, else that the line is at fault. */
export function failureWords(error: unknown): string {
  if (error instanceof TRPCClientError && error.data) {
    return error.message;
  }
  return 'We could not reach zyzz. Check your connection and try again.';
}

/** What is wrong with a field, where it stands at that field: `name: must not be empty` without the name in front. */
export function fieldWords(error: { message: string }): string {
  const words = error.message.replace(/^\w+: /, '');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The input field at fault, if the server named one. */
export function failedField(error: unknown): string | null {
  if (!(error instanceof TRPCClientError)) {
    return null;
  }
  const field: unknown = error.data?.field;
  return typeof field === 'string' ? field : null;
}
