/** What can be shared: an address, and words to go with it. */
export type ShareTarget = { url: string; title: string };

/** Where the networks take a link from. */
export function networkLinks({ url, title }: ShareTarget): { name: string; href: string }[] {
  const query = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
  return [
    { name: 'Facebook', href: `https://www.facebook.com/sharer/sharer.php?${query({ u: url })}` },
    { name: 'X', href: `https://x.com/intent/post?${query({ url, text: title })}` },
    { name: 'WhatsApp', href: `https://wa.me/?${query({ text: `${title} ${url}` })}` },
  ];
}

const attribute = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** HTML for other people's pages: a frame with the player of one stream. */
export function embedCode(options: { publicUrl: string; streamId: string; title: string }): string {
  const source = `${options.publicUrl}/embed/${options.streamId}`;
  return `<iframe src="${attribute(source)}" title="${attribute(options.title)}" width="640" height="360" style="border:0" allow="autoplay; fullscreen; picture-in-picture" allowfullscreen></iframe>`;
}
