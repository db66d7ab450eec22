import type { PageShare } from '../../server/share/stream-share';

/** What search engines read of a page. It is data: browsers do not run it. */
export function JsonLdScript({ share }: { share: Pick<PageShare, 'jsonLd'> }) {
  return (
    <script
      type="application/ld+json"
      // biome-ignore lint/security/noDangerouslySetInnerHtml: serialized without < > &, so it cannot end the script
      dangerouslySetInnerHTML={{ __html: share.jsonLd }}
    />
  );
}
