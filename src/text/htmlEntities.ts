import * as he from 'he';

const CHARACTER_REFERENCE = /&(?:#\d+;?|#[xX][\da-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)/g;
const CLOSED_REFERENCE = /&#?[\da-zA-Z]{1,24};/g;

/**
 * Decodes every HTML character reference, closed by a semicolon or not, once: what Python's `html.unescape` does.
 * References to code points that HTML forbids vanish, unlike in `he.decode`, which keeps them.
 */
export function unescapeHtml(text: string): string {
  return text.replace(CHARACTER_REFERENCE, decodeReference);
}

/**
 * Decodes only what is unambiguous: references closed by a semicolon, so that "this&not that" stays; and names of
 * lower-case references written in capitals ("P&EACUTE;REZ").
 * Source: the behaviour of `ftfy.fixes.unescape_html` (ftfy 6.3).
 */
export function unescapeClosedHtml(text: string): string {
  return text.replace(CLOSED_REFERENCE, (reference) => {
    const decoded = decodeReference(reference);
    if (decoded !== reference) return isWhole(decoded) ? decoded : reference;
    if (reference !== reference.toUpperCase()) return reference;
    const small = reference.toLowerCase();
    const decodedSmall = he.decode(small);
    return decodedSmall !== small && isWhole(decodedSmall) ? decodedSmall.toUpperCase() : reference;
  });
}

/** A semicolon left over means that only the beginning of the name was a reference, as in "&notit;". */
function isWhole(decoded: string): boolean {
  return decoded === ';' || !decoded.endsWith(';');
}

function decodeReference(reference: string): string {
  if (!reference.startsWith('&#')) return he.decode(reference);
  const digits = reference.replace(';', '').slice(2);
  const hexadecimal = /^[xX]/.test(digits);
  const codePoint = hexadecimal ? Number.parseInt(digits.slice(1), 16) : Number.parseInt(digits, 10);
  return isForbidden(codePoint) ? '' : he.decode(reference.endsWith(';') ? reference : `${reference};`);
}

/** Control characters and non-characters; U+0080 to U+009F stay, for HTML reads them as Windows-1252. */
function isForbidden(codePoint: number): boolean {
  return (
    (codePoint >= 0x1 && codePoint <= 0x8) ||
    codePoint === 0xb ||
    (codePoint >= 0xe && codePoint <= 0x1f) ||
    codePoint === 0x7f ||
    (codePoint >= 0xfdd0 && codePoint <= 0xfdef) ||
    (codePoint <= 0x10ffff && (codePoint & 0xfffe) === 0xfffe)
  );
}
