/** What a file name may keep of a title; the rest would be a path, a control, or forbidden on some system. */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}/\\:*?"<>|]+/gu;
const titleCharactersMax = 120;

/**
 * The header by which a browser saves a file under a title of any script (RFC 6266, with the extended notation of RFC 8187;
 * browsers too old for it get the Latin letters of it).
 */
export function attachment(title: string, extension: string): string {
  const clean = [...title.normalize('NFC').replace(unsafe, ' ').replace(/\s+/g, ' ').trim()]
    .slice(0, titleCharactersMax)
    .join('')
    .replace(/^[. ]+|[. ]+$/g, '');
  const name = `${clean === '' ? 'recording' : clean}.${extension}`;
  const latin = name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^\x20-\x7e]+/g, '_')
    .replace(/[%;']/g, '_');
  const extended = encodeURIComponent(name).replace(
    /['()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${latin}"; filename*=UTF-8''${extended}`;
}
