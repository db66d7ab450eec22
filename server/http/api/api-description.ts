import type { z } from 'zod';
import type { Surface } from './surface';

/** Who may call it, in the words of the documentation; the operation itself decides. */
export type ApiCaller = 'anyone' | 'signed in' | 'owner' | 'self' | 'self or operator' | 'operator';

/** What the OpenAPI document says of a route. */
export type ApiDescription = {
  summary: string;
  /** the section of the document */
  tag: string;
  caller: ApiCaller;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** of the data of a success, inside the surface's own wrapping */
  answer: z.ZodType;
  /** of a success; default 200 */
  status?: number;
  /** honours `Idempotency-Key` */
  isIdempotent?: boolean;
  surface: Surface;
};
