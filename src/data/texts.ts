/** The JSON fields that hold captions, in the order in which they become a sample's texts. */
export const DEFAULT_TEXT_FIELDS: readonly string[] = ['text', 'texts', 'caption', 'captions'];

/** The text (or list of texts) in each of the fields, in the fields' order; other values are passed over. */
export function textsOf(meta: Record<string, unknown>, fields: readonly string[]): string[] {
  return fields.flatMap((field) => meta[field]).filter((value): value is string => typeof value === 'string');
}

/** Without surrounding white space, blank texts and repetitions. */
export function cleanTexts(texts: readonly string[]): string[] {
  return [...new Set(texts.map((text) => text.trim()).filter((text) => text !== ''))];
}
