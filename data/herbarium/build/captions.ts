import type { Random } from '../../../src/engine/random';
import { crops, diseases } from './diseases';
import { backgroundPhrases, type LeafForm, lights } from './factors';
import type { Scene, Subject } from './render';
import type { Species } from './species';
import type { Mottle, TextureScene } from './texture';

const places = [
  'Alder Vale',
  'Lake Corrin',
  'Mount Hesper',
  'Brackwater',
  'Old Quarry',
  'Saint Odile',
  'Fernley',
  'Windmoor',
  'Kestrel Ridge',
  'the botanical garden',
  'Upper Tarn',
  'Greyfield',
  'Larkmead',
  'the allotments',
  'Pine Hollow',
  'Silverbeck',
  'Nettle Bay',
  'Harrow Hill',
  'the river path',
  'Coldbrook',
  'Amber Coast',
  'Tolland Woods',
  'the school garden',
  'Marrow Fen',
  'East Heath',
  'Juniper Pass',
  'Rookery Lane',
  'the nature reserve',
  'Elmstead',
  'Dunmere',
];
const months = [
  'January',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
];

/** Raw captions: `{name}` the class in words, `{factors}` what is visible, the rest is the web's filler. */
const frames = [
  '{name}, {place}',
  '{name}, {place}, {month} {year}',
  '{name} near {place}',
  'photo of {name} taken in {place}',
  '{name} seen on a walk near {place} in {month}',
  'IMG_{number}.jpg {name}',
  'DSC0{number} {name} {place}',
  '{name} #nature #botany #{month} #{number}',
  'my first {name} of the year! {place}, {month}',
  'found this {name} {where} at {place}',
  '{name} {where} {light}, {place}',
  'is this {name}? {place}, {month} {year}',
  '{name}: {factors}, {place}',
  '{name} with {factors} ({month} {year})',
  'close-up of {name}, {factors}, {place}',
  '{name} showing {factors} {where}, {place}',
  'collection of {place}, no. {number}: {name}',
  '{name} | free stock picture {number}',
  'field guide of {place}, page {number}, {name}',
  'a fine {name} {where}, {month} {year}',
  '{month} {year} at {place}: {name} {light}',
  '{factors} – {name}, {place} {year}',
];

const counts: Record<number, string> = { 3: 'three', 4: 'four', 5: 'five', 6: 'six', 8: 'eight' };

function leafPhrase(form: LeafForm): string {
  const lobes = form.lobes === undefined ? '' : `${counts[form.lobes]}-lobed `;
  return `${lobes}${form.shape} ${form.margin}`;
}

function bloomPhrase({ flower, petals, petal, colour, centre }: Species): string {
  if (flower === 'daisy') return `a daisy head of ${colour} rays around a ${centre} disc`;
  if (flower === 'bell') return `hanging ${colour} bells`;
  if (flower === 'cup') return `a ${colour} cup-shaped flower`;
  if (flower === 'spike') return `a dense spike of ${colour} flowers`;
  if (flower === 'umbel') return `a flat umbel of ${colour} flowers`;
  return `${counts[petals]} ${petal} ${colour} petals`;
}

/** What can be seen of a subject, in words that leave out the class's name. */
export function factorPhrases(subject: Subject): { noun: string; parts: string[] } {
  if (subject.family === 'flower') {
    const { leaf, phyllotaxis } = subject.item;
    return {
      noun: 'a plant',
      parts: [`${phyllotaxis} ${leafPhrase(leaf)} leaves`, bloomPhrase(subject.item)],
    };
  }
  if (subject.family === 'fungus') {
    const { cap, colour, spots, under, ring, stem, stemColour } = subject.item;
    const parts = [`a ${cap} ${colour} cap${spots === null ? '' : ` with ${spots} spots`}`];
    if (under !== 'none') parts.push(under);
    parts.push(`a ${stem} ${stemColour} stem${ring ? ' with a ring' : ''}`);
    return { noun: 'a fungus', parts };
  }
  if (subject.family === 'leaf') {
    const { leaf, tone } = subject.item;
    return {
      noun: `a single ${tone} leaf`,
      parts: [`a ${leafPhrase(leaf)} blade`, `${leaf.venation} veins`],
    };
  }
  const form = crops[subject.item.crop].leaf;
  return { noun: `a ${leafPhrase(form)} leaf`, parts: [diseases[subject.item.disease].phrase] };
}

function join(parts: string[]): string {
  return parts.length < 2
    ? parts.join('')
    : `${parts.slice(0, -1).join(', ')} and ${parts[parts.length - 1]}`;
}

/** Writes "an" before vowels. */
function withArticles(text: string): string {
  return text.replace(/\ba (?=[aeiou])/gi, 'an ');
}

/** A class's name as a caption uses it: whole, or only the Latin or the common half of "Latin (common)". */
function shortName(label: string, random: Random): string {
  const halves = /^(.+) \((.+)\)$/.exec(label);
  const draw = random.uniform();
  if (halves === null || draw < 0.6) return label;
  return draw < 0.8 ? halves[1] : halves[2];
}

function rawCaption(label: string, factors: string, where: string, light: string, random: Random): string {
  const values: Record<string, string> = {
    name: shortName(label, random),
    factors,
    where,
    light,
    place: random.pick(places),
    month: random.pick(months),
    year: String(2009 + random.integer(17)),
    number: String(100 + random.integer(900)),
  };
  return random.pick(frames).replace(/\{(\w+)\}/g, (_, slot: string) => values[slot]);
}

function posePhrase({ lean, scale }: Scene): string {
  const size = scale < 0.92 ? ', small in the picture' : scale > 1.04 ? ', filling the picture' : '';
  return `${Math.abs(lean) < 6 ? '' : `, leaning ${lean < 0 ? 'left' : 'right'}`}${size}`;
}

/** The two texts of a drawn picture: a raw caption with the class's name, and a clean sentence without it. */
export function captions(label: string, subject: Subject, scene: Scene, random: Random) {
  const { noun, parts } = factorPhrases(subject);
  const where = backgroundPhrases[scene.background];
  const light = lights[scene.light].phrase;
  const clutter = subject.family === 'field leaf' ? ' among other leaves' : '';
  const pose = posePhrase(scene);
  const sentences = [
    `${noun} with ${join(parts)} ${where}${clutter}, ${light}${pose}`,
    `${where}, ${light}: ${noun} with ${join(parts)}${clutter}${pose}`,
    `${noun} ${where}${clutter} ${light}, with ${join(parts)}${pose}`,
    `${noun}${pose}, ${where}${clutter}, with ${join(parts)}, ${light}`,
    `${light}, ${noun} with ${join([...parts].reverse())} ${where}${clutter}${pose}`,
  ];
  return {
    text: withArticles(rawCaption(label, random.pick(parts), where, light, random)),
    description: withArticles(random.pick(sentences)),
  };
}

/** The two texts of a picture of the control task. */
export function textureCaptions({ name, phrase }: Mottle, { lean, tone }: TextureScene, random: Random) {
  const side = Math.abs(lean) < 5 ? 'an upright' : lean < 0 ? 'a left-leaning' : 'a right-leaning';
  const sentences = [
    `the surface of a ${tone} leaf with ${phrase} and ${side} midrib`,
    `${phrase} on a ${tone} leaf with ${side} midrib, seen close`,
    `a ${tone} leaf seen close, marked by ${phrase}, ${side} midrib`,
    `${side} midrib and ${phrase} on the surface of a ${tone} leaf`,
    `close view of a leaf, ${tone}, with ${side} midrib and ${phrase}`,
  ];
  return {
    text: rawCaption(name, phrase, `on a ${tone} blade`, 'seen close', random),
    description: withArticles(random.pick(sentences)),
  };
}
