/** The picture that a person has with the service they signed in with; it says nothing that their name does not. */
export function PersonPicture({ src, size }: { src: string /** in pixels */; size: number }) {
  return (
    // biome-ignore lint/performance/noImgElement: pictures come from Facebook's hosts; the optimizer would fetch them for anyone
    <img src={src} alt="" width={size} height={size} referrerPolicy="no-referrer" className="size-full object-cover" />
  );
}
