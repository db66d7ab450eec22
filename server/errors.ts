import type { TRPCError } from '@trpc/server';
import type { z } from 'zod';

type TrpcCode = ConstructorParameters<typeof TRPCError>[0]['code'];

/** The one table from error code to HTTP status and tRPC code. */
export const errorTable = {
  bad_request: { status: 400, trpcCode: 'BAD_REQUEST' },
  unauthorized: { status: 401, trpcCode: 'UNAUTHORIZED' },
  forbidden: { status: 403, trpcCode: 'FORBIDDEN' },
  not_found: { status: 404, trpcCode: 'NOT_FOUND' },
  conflict: { status: 409, trpcCode: 'CONFLICT' },
  payload_too_large: { status: 413, trpcCode: 'PAYLOAD_TOO_LARGE' },
  too_many_requests: { status: 429, trpcCode: 'TOO_MANY_REQUESTS' },
  no_node_available: { status: 503, trpcCode: 'SERVICE_UNAVAILABLE' },
  database_away: { status: 503, trpcCode: 'SERVICE_UNAVAILABLE' },
} as const satisfies Record<string, { status: number; trpcCode: TrpcCode }>;

export type ErrorCode = keyof typeof errorTable;

/** An error with words for the person who caused it. Anything else that is thrown is our own fault and answers 500. */
export class AppError extends Error {
  override readonly name = 'AppError';
  /** the input field that is at fault */
  readonly field: string | undefined;
  constructor(
    readonly code: ErrorCode,
    readonly userMessage: string,
    options: { field?: string; cause?: unknown } = {},
  ) {
    super(userMessage, { cause: options.cause });
    this.field = options.field;
  }
}

/** By name, not `instanceof`: the class exists once per bundle. */
export function isAppError(error: unknown): error is AppError {
  return error instanceof Error && error.name === 'AppError';
}

/** The first issue as `field: rule`. */
export function badInput(error: z.core.$ZodError): AppError {
  const [issue] = error.issues;
  const field = issue?.path.join('.') ?? '';
  const rule = issue?.message ?? 'not valid';
  return new AppError('bad_request', field === '' ? rule : `${field}: ${rule}`, {
    field: field || undefined,
    cause: error,
  });
}

/** @throws AppError `bad_request`, in the form `field: rule` where `refusal` does not say otherwise */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  refusal: (error: z.core.$ZodError) => AppError = badInput,
): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (!parsed.success) {
    throw refusal(parsed.error);
  }
  return parsed.data;
}
