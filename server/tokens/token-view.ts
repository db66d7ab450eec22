import { apiTokens } from '../../db/schema';

/** A personal API token as its owner sees it later: never the token itself. */
export type TokenView = {
  id: string;
  name: string;
  createdAt: Date;
  /** right to a minute; null: never */
  lastUsedAt: Date | null;
};

export const tokenColumns = {
  id: apiTokens.id,
  name: apiTokens.name,
  createdAt: apiTokens.createdAt,
  lastUsedAt: apiTokens.lastUsedAt,
};
