/** Who is signed in, as operations see them. */
export type SessionUser = {
  id: string;
  name: string;
  image: string | null;
  role: 'member' | 'operator';
  /** BCP 47 */
  language: string;
};
