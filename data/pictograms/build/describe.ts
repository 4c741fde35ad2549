/** What a subgroup of Unicode's emoji list holds, said as the start of a sentence. */
const KINDS: Record<string, string> = {
  'face-smiling': 'A smiling face',
  'face-affection': 'An affectionate face',
  'face-tongue': 'A playful face',
  'face-hand': 'A face with hands',
  'face-neutral-skeptical': 'A neutral or doubtful face',
  'face-sleepy': 'A sleepy face',
  'face-unwell': 'A face of someone unwell',
  'face-hat': 'A face with a hat',
  'face-glasses': 'A face with glasses',
  'face-concerned': 'A troubled face',
  'face-negative': 'A face in a bad mood',
  'face-costume': 'A face in costume',
  'cat-face': 'The face of a cat with feelings',
  'monkey-face': 'The face of an ape',
  heart: 'A sign of love',
  emotion: 'A sign of feeling',
  'hand-fingers-open': 'A hand with open fingers',
  'hand-fingers-partial': 'A hand sign',
  'hand-single-finger': 'A hand with one finger out',
  'hand-fingers-closed': 'A closed hand',
  hands: 'A pair of hands',
  'hand-prop': 'A hand holding something',
  'body-parts': 'A part of the body',
  person: 'Somebody',
  'person-gesture': 'Somebody making a gesture',
  'person-role': 'Somebody in a role or job',
  'person-fantasy': 'A figure from tales',
  'person-activity': 'Somebody doing something',
  'person-sport': 'Somebody at sport',
  'person-resting': 'Somebody at rest',
  family: 'A couple or family',
  'person-symbol': 'A figure standing for people',
  'animal-mammal': 'A mammal',
  'animal-bird': 'A bird',
  'animal-amphibian': 'An amphibian',
  'animal-reptile': 'A reptile',
  'animal-marine': 'A creature of the sea',
  'animal-bug': 'A small crawling or flying creature',
  'plant-flower': 'A flower',
  'plant-other': 'A plant',
  'food-fruit': 'A fruit',
  'food-vegetable': 'A vegetable',
  'food-prepared': 'Prepared food',
  'food-asian': 'An Asian dish',
  'food-sweet': 'Something sweet to eat',
  drink: 'Something to drink',
  dishware: 'Something from the kitchen table',
  'place-map': 'A map or globe',
  'place-geographic': 'A landscape',
  'place-building': 'A building',
  'place-religious': 'A place of worship',
  'place-other': 'A place',
  'transport-ground': 'Transport on land',
  'transport-water': 'Transport on water',
  'transport-air': 'Transport in the air',
  hotel: 'Something from a hotel',
  time: 'A way to tell the time',
  'sky-weather': 'Sky and weather',
  event: 'Something for a celebration',
  'award-medal': 'An award',
  sport: 'Something for sport',
  game: 'Something to play with',
  'arts-crafts': 'Arts and crafts',
  clothing: 'Something to wear',
  sound: 'A source of sound',
  music: 'Something for music',
  'musical-instrument': 'A musical instrument',
  phone: 'A telephone or a part of it',
  computer: 'A computer or a part of it',
  'light-video': 'A device for light or film',
  'book-paper': 'Something to read',
  money: 'Something about money',
  mail: 'Something for the post',
  writing: 'Something to write or draw with',
  office: 'Something from an office',
  lock: 'A lock or key',
  tool: 'A tool or weapon',
  science: 'A scientific instrument',
  medical: 'Something medical',
  household: 'Something from a household',
  'other-object': 'An object',
  'transport-sign': 'A sign for travellers',
  warning: 'A warning sign',
  arrow: 'An arrow sign',
  religion: 'A religious symbol',
  zodiac: 'A sign of the zodiac',
  'av-symbol': 'A symbol on a player',
  gender: 'A symbol of gender',
  math: 'A symbol from mathematics',
  punctuation: 'A punctuation mark',
  currency: 'A symbol of currency',
  'other-symbol': 'A symbol',
  alphanum: 'A sign with letters',
  geometric: 'A geometric shape',
};

const MOST_TAGS = 6;

/** Words that tags split out of phrases and that say nothing on their own. */
const EMPTY_WORDS = new Set(
  'and at be for in is it my no not of off on out so that the to up with you your'.split(' '),
);

/** What a description is made from. */
interface Described {
  label: string;
  subgroup: string;
  tags: string[];
}

/**
 * One sentence per concept: its kind, then the tags that say something new. "red apple" becomes "A fruit associated
 * with diet, food, health and ripe." Where that would fit several concepts, the label goes in: "A building, bank."
 * @throws on a subgroup nobody has put into words yet.
 */
export function describeConcepts(concepts: Described[]): string[] {
  const short = concepts.map((concept) => sentence(concept, false));
  const counts = new Map<string, number>();
  for (const text of short) counts.set(text, (counts.get(text) ?? 0) + 1);
  return short.map((text, index) => (counts.get(text) === 1 ? text : sentence(concepts[index], true)));
}

function sentence({ label, subgroup, tags }: Described, withLabel: boolean): string {
  const kind = KINDS[subgroup];
  if (!kind) throw new Error(`Expected a phrase for the subgroup "${subgroup}"; add one to KINDS.`);
  const said = new Set([...words(`${label} ${kind}`), ...EMPTY_WORDS]);
  const news = tags.filter((tag) => /[a-z]/i.test(tag) && !words(tag).every((word) => said.has(word)));
  const start = withLabel || news.length === 0 ? `${kind}, ${label}` : kind;
  if (news.length === 0) return `${start}.`;
  return `${start}${withLabel ? ',' : ''} associated with ${list(news.slice(0, MOST_TAGS))}.`;
}

/** Lower-case words with a plural's "s" cut, so that "apples" counts as said after "apple". */
function words(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => word.replace(/s$/, ''));
}

function list(items: string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
