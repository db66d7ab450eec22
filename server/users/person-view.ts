/** What everyone may see of a person. */
export type PersonView = { id: string; name: string; image: string | null };

/** A row's nullable name becomes words; Facebook may leave it out. */
export function personView(row: { id: string; name: string | null; image: string | null }): PersonView {
  return { id: row.id, name: row.name ?? 'Someone', image: row.image };
}
