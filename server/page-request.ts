/** What a list operation is asked for: the newest `limit` rows whose numeric key is below `beforeKey`; `null`: from the newest. */
export type PageRequest = { limit: number; beforeKey: number | null };
