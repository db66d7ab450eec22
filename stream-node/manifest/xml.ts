/** An element of an XML document; an attribute that is `undefined` is left out. A string among the children is text. */
export type XmlElement = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number | undefined>>;
  readonly children: readonly (XmlElement | string)[];
};

export function element(
  name: string,
  attributes: XmlElement['attributes'] = {},
  children: XmlElement['children'] = [],
): XmlElement {
  return { name, attributes, children };
}

/** The document with its declaration, one element a line. Names are ours; every value is escaped. */
export function xmlDocument(root: XmlElement): string {
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>'];
  write(root, '', lines);
  return `${lines.join('\n')}\n`;
}

function write(node: XmlElement, indent: string, lines: string[]): void {
  const attributes = Object.entries(node.attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');
  const open = `${indent}<${node.name}${attributes}`;
  const texts = node.children.filter((child) => typeof child === 'string');
  if (node.children.length === 0) {
    lines.push(`${open}/>`);
  } else if (texts.length === node.children.length) {
    lines.push(`${open}>${escapeXml(texts.join(''))}</${node.name}>`);
  } else {
    lines.push(`${open}>`);
    for (const child of node.children) {
      if (typeof child === 'string') {
        throw new TypeError(`${node.name}: text beside elements`);
      }
      write(child, `${indent} `, lines);
    }
    lines.push(`${indent}</${node.name}>`);
  }
}

const references: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** White space in attributes would be made into blanks by a parser (XML 1.0, 3.3.3), so it goes out as references. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"\t\n\r]/g, (character) => references[character] ?? `&#${character.charCodeAt(0)};`);
}
