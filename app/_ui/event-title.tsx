/** An event's name as a sign: the second side of a match begins its own line. */
export function EventTitle({ name }: { name: string }) {
  const match = /^(.*\S)\s+(vs?\.?\s.+)$/i.exec(name);
  const [, home, away] = match ?? [];
  if (home === undefined || away === undefined) {
    return name;
  }
  return (
    <>
      {home} <span className="block">{away}</span>
    </>
  );
}
