import type { Random } from '../../../src/engine/random';
import { describeConcepts } from './describe';
import { codeKey, readPackageJson } from './sources';

/** One emoji as a thing that can be drawn, whatever the style. */
export interface Concept {
  /** Normalised code points. */
  code: string;
  label: string;
  description: string;
  /** Unicode's group in words, e.g. "food and drink". */
  category: string;
  /** Unicode's subgroup, e.g. "food-fruit". */
  subgroup: string;
  /** Kept out of training in every style. */
  heldOut: boolean;
}

interface EmojibaseEntry {
  label: string;
  hexcode: string;
  tags?: string[];
  order?: number;
  group?: number;
  subgroup?: number;
}

const LEFT_OUT = { groups: new Set(['component', 'flags']), subgroups: new Set(['keycap']) };

/** One family in this many is held out of training. */
const HELD_OUT_EVERY = 10;

/**
 * Every emoji concept in Unicode's order, without skin tones, keycaps, flags and hair components. About a tenth is
 * marked as held out, spread evenly over the subgroups.
 */
export function readConcepts(random: Random): Concept[] {
  const names = readPackageJson<{ groups: Record<string, string>; subgroups: Record<string, string> }>(
    'emojibase-data/meta/groups.json',
  );
  const found: (Omit<Concept, 'description' | 'heldOut'> & { tags: string[] })[] = [];
  const entries = readPackageJson<EmojibaseEntry[]>('emojibase-data/en/data.json');
  for (const entry of entries.sort((a, b) => (a.order ?? 0) - (b.order ?? 0))) {
    if (entry.group === undefined || entry.subgroup === undefined) continue;
    const group = names.groups[entry.group];
    const subgroup = names.subgroups[entry.subgroup];
    if (LEFT_OUT.groups.has(group) || LEFT_OUT.subgroups.has(subgroup)) continue;
    found.push({
      code: codeKey(entry.hexcode),
      label: plain(entry.label),
      category: group.replace('-', ' and '),
      subgroup,
      tags: (entry.tags ?? []).map(plain),
    });
  }
  const descriptions = describeConcepts(found);
  const heldOut = chooseFamilies(found, random);
  return found.map(({ tags: _, ...concept }, index) => ({
    ...concept,
    description: descriptions[index],
    heldOut: heldOut.has(familyOf(concept.label)),
  }));
}

/** Every tenth family after a shuffle inside each subgroup, so that large and small subgroups give their share. */
function chooseFamilies(concepts: { label: string; subgroup: string }[], random: Random): Set<string> {
  const subgroups = new Map<string, Set<string>>();
  for (const { subgroup, label } of concepts) {
    const families = subgroups.get(subgroup) ?? new Set();
    subgroups.set(subgroup, families.add(familyOf(label)));
  }
  const spread = [...subgroups.values()].flatMap((families) => random.shuffle([...families]));
  const first = random.integer(HELD_OUT_EVERY);
  return new Set(spread.filter((_, index) => index % HELD_OUT_EVERY === first));
}

/**
 * What "man running", "woman running" and "person running: facing right" share: a held-out concept would hardly be
 * unseen if its sibling of another gender or direction were trained on.
 */
export function familyOf(label: string): string {
  const gender = /\b(man|men|woman|women|person|people|adult|boy|girl|child)(\b|(?=['’]))|: facing right/g;
  const rest = label
    .replace(gender, ' ')
    .replace(/^mer(man|maid|person)$|^mer $/, 'merfolk')
    .replace(/[\s,:]+/g, ' ')
    .trim();
  return rest === '' ? label : rest;
}

/** A pattern that finds any held-out concept's label as whole words, singular or with an "s". */
export function heldOutPattern(concepts: Concept[]): RegExp {
  const labels = concepts.filter(({ heldOut }) => heldOut).map(({ label }) => label);
  const escaped = labels.map((label) => label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`(?<![\\p{L}\\p{N}])(${escaped.join('|')})s?(?![\\p{L}\\p{N}])`, 'iu');
}

/** Typographic quotation marks as one would type them. */
function plain(text: string): string {
  return text.replace(/[‘’]/g, "'").replace(/[“”]/g, '"').trim();
}
