import { type DefaultTreeAdapterMap, parse } from 'parse5';

type Node = DefaultTreeAdapterMap['node'];

/** What a browser makes of a piece of HTML, and of the SVG pictures in it. */
export interface ParsedHtml {
  /** The elements' names in order. */
  names: string[];
  /** Names of all attributes. */
  attributes: Set<string>;
  /** Addresses of pictures, links and scripts, without those that carry their data. */
  addresses: string[];
  /** The bodies of scripts. */
  scripts: string[];
  /** All that is read: text outside of scripts and styles, and what stands for pictures. */
  text: string;
}

/** Parses as browsers do (the HTML standard's algorithm), into embedded SVG pictures, too. */
export function parsedHtml(html: string): ParsedHtml {
  const found: ParsedHtml = { names: [], attributes: new Set(), addresses: [], scripts: [], text: '' };
  visit(parse(html), found);
  return found;
}

const SVG = 'data:image/svg+xml;base64,';

function visit(node: Node, found: ParsedHtml): void {
  if (node.nodeName === '#text') {
    const { value, parentNode } = node as DefaultTreeAdapterMap['textNode'];
    if (parentNode?.nodeName === 'script') found.scripts.push(value);
    else if (parentNode?.nodeName !== 'style') found.text += `${value}\n`;
  } else if (!node.nodeName.startsWith('#')) found.names.push(node.nodeName);
  for (const { name, value } of 'attrs' in node ? node.attrs : []) {
    found.attributes.add(name);
    if (name === 'alt' || name === 'aria-label') found.text += `${value}\n`;
    if (!['src', 'href'].includes(name)) continue;
    if (value.startsWith(SVG)) visit(parse(Buffer.from(value.slice(SVG.length), 'base64').toString()), found);
    else if (!value.startsWith('data:')) found.addresses.push(value);
  }
  for (const child of 'childNodes' in node ? node.childNodes : []) visit(child, found);
}
