import type { z } from 'zod';
import type { AppError, ErrorCode } from '../../errors';

export type ApiFault = { status: number; code: ErrorCode | 'internal'; message: string };

/** How a public surface words its answers. */
export type Surface = {
  /** the body around what an operation gave */
  answerBody(data: unknown): unknown;
  errorBody(fault: ApiFault): unknown;
  /** how it words a body that breaks a rule of its schema; default: `field: rule` */
  badBody?(error: z.core.$ZodError): AppError;
};

/** The product's own API: `{"error": "", "data": …}`, errors too. */
export const envelope: Surface = {
  answerBody: (data) => ({ error: '', data }),
  errorBody: ({ message }) => ({ error: message, data: null }),
};
