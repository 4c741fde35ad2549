import type { Entry } from '../../shards';
import { type Concept, heldOutPattern } from './concepts';
import { readExtras } from './extras';
import { renderIcon } from './render';
import { readIconSet, STYLES, type Style } from './sources';

/** What became of the concepts in one style. */
export interface StyleReport {
  /** Concepts the package has a drawing for, of all concepts. */
  matched: number;
  concepts: number;
  /** Matched, but the drawing equals that of an earlier concept in the same style. */
  sameDrawing: number;
}

/**
 * All pictures of one style. No two share a label or a drawing; concepts held out are left out of training styles.
 */
export async function drawStyle(style: Style, concepts: Concept[]) {
  const set = readIconSet(style);
  const { split } = STYLES[style];
  const entries: Entry[] = [];
  const drawings = new Set<string>();
  const report: StyleReport = { matched: 0, concepts: concepts.length, sameDrawing: 0 };
  for (const concept of concepts) {
    const slug = set.slugs.get(concept.code);
    const icon = slug === undefined ? undefined : set.icons[slug];
    if (!icon) continue;
    report.matched++;
    if (drawings.has(icon.body)) {
      report.sameDrawing++;
      continue;
    }
    drawings.add(icon.body);
    if (split === 'train' && concept.heldOut) continue;
    const { label, description, category } = concept;
    entries.push({
      key: `${style}-${keyPart(slug as string)}`,
      image: await renderIcon(icon, set),
      meta: { set: 'pictograms', split, style, label, text: label, description, category },
    });
  }
  if (style === 'openmoji') entries.push(...(await drawExtras(concepts, drawings)));
  return { entries, report };
}

async function drawExtras(concepts: Concept[], drawings: Set<string>): Promise<Entry[]> {
  const set = readIconSet('openmoji');
  const known = new Set(concepts.map(({ label }) => label.toLowerCase()));
  const unseen = heldOutPattern(concepts);
  const entries: Entry[] = [];
  for (const { slug, label, icon } of readExtras(set)) {
    if (known.has(label) || unseen.test(label) || drawings.has(icon.body)) continue;
    drawings.add(icon.body);
    entries.push({
      key: `openmoji-${keyPart(slug)}`,
      image: await renderIcon(icon, set),
      meta: { set: 'pictograms', split: 'train', style: 'openmoji', label, text: label, category: 'extras' },
    });
  }
  return entries;
}

function keyPart(slug: string): string {
  return slug.replace(/[^a-z0-9-]/gi, '-');
}
