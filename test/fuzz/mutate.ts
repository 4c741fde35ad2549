import type { Random } from '../../src/engine/random';

/** What length fields and counts are set to: none, all, the borders of signs and widths. */
const EXTREMES = [0n, 1n, 0x7fn, 0x80n, 0xffn, 0x7fffn, 0xffffn, 0x7fffffffn, 0x80000000n, 0xffffffffn];
const WIDE_EXTREMES = [...EXTREMES, 1n << 40n, (1n << 53n) + 1n, (1n << 63n) - 1n, (1n << 64n) - 1n];

/** Bytes changed by one kind of damage. */
type Damage = (bytes: Buffer, other: Buffer, random: Random) => Buffer;

const flipBit: Damage = (bytes, _, random) => {
  bytes[random.integer(bytes.length)] ^= 1 << random.integer(8);
  return bytes;
};

const setByte: Damage = (bytes, _, random) => {
  bytes[random.integer(bytes.length)] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.integer(256)]);
  return bytes;
};

/** A whole number of 2, 4 or 8 bytes, of which files say how long or how many something is. */
const setLength: Damage = (bytes, _, random) => {
  const width = random.pick([2, 4, 8]);
  const field = Buffer.alloc(8);
  const value = BigInt.asUintN(8 * width, random.pick(width === 8 ? WIDE_EXTREMES : EXTREMES));
  const isLittle = random.integer(2) === 0;
  if (isLittle) field.writeBigUInt64LE(value);
  else field.writeBigUInt64BE(value);
  bytes.set(
    (isLittle ? field.subarray(0, width) : field.subarray(8 - width)).subarray(0, bytes.length),
    random.integer(Math.max(1, bytes.length - width)),
  );
  return bytes;
};

/** A number in digits, which some formats (tar, npy, JSON) write instead. */
const setDigits: Damage = (bytes, _, random) => {
  const start = random.integer(bytes.length);
  const digits = /\d+/.exec(bytes.toString('latin1', start, start + 4096));
  if (!digits) return setByte(bytes, _, random);
  const filled = random.pick(['0', '7', '9', '-', 'e']).repeat(digits[0].length);
  bytes.write(filled, start + digits.index, 'latin1');
  return bytes;
};

const truncate: Damage = (bytes, _, random) => bytes.subarray(0, 1 + random.integer(bytes.length));

const removeSpan: Damage = (bytes, _, random) => {
  const [at, length] = spanOf(bytes, random);
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
};

const doubleSpan: Damage = (bytes, _, random) => {
  const [at, length] = spanOf(bytes, random);
  return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
};

/** The beginning of one input and the end of another. */
const splice: Damage = (bytes, other, random) =>
  Buffer.concat([
    bytes.subarray(0, 1 + random.integer(bytes.length)),
    other.subarray(random.integer(other.length)),
  ]);

/** Mostly short spans, some of any length. */
function spanOf(bytes: Buffer, random: Random): [at: number, length: number] {
  const length = 1 + random.integer(random.integer(4) === 0 ? bytes.length : 16);
  return [random.integer(bytes.length), length];
}

/** Small damage, after which files go on being read, comes more often. */
const DAMAGES = [
  ...[flipBit, flipBit, setByte, setByte, setLength, setLength, setDigits, setDigits],
  ...[removeSpan, doubleSpan, truncate, splice],
];

/** An input damaged in one to four ways, each time another copy. */
export function mutateBytes(original: Buffer, other: Buffer, random: Random): Buffer {
  let bytes: Buffer = Buffer.from(original);
  for (let i = random.integer(4); i >= 0; i--) {
    bytes = bytes.length === 0 ? Buffer.from(other) : random.pick(DAMAGES)(bytes, other, random);
  }
  return bytes;
}

/** What texts hold where nobody expects it, and what programs take for something else. */
const ODD = [
  ...['\0', '\x1b[31m', '\x7f', '\x85', '\u0345', '\u200d', '\u202e', '\u2028', '\ufeff', '\ufffd', '\uffff'],
  ...['\ud800', '\udc00', '\u{1f468}\u200d\u{1f469}', '\u{10ffff}', '\u0130', '\u00df', '\u0301'.repeat(40)],
  ...['&#0;', '&#x110000;', '&#99999999999999999999;', '&amp;amp;amp;', '&notit;', 'Ã©', 'â€œ', 'Ã\u0083Â©'],
  ...[
    '<start_of_text>',
    '<end_of_text>',
    '</w>',
    '__proto__',
    'constructor',
    '"',
    "'",
    ',',
    '\r',
    '\n',
    '\t',
  ],
  ...['null', '[]', '{}', '-0', '1e999', '-1', '9007199254740993', 'true', '[[[[', '{"a":', ' '.repeat(50)],
];

/** Letters removed, doubled and put in, of a text or of two. */
export function mutateText(original: string, other: string, random: Random): string {
  let text = original;
  for (let i = random.integer(5); i >= 0; i--) {
    const at = random.integer(text.length + 1);
    const end = at + random.integer(random.integer(4) === 0 ? text.length + 1 : 8);
    const kind = random.integer(8);
    if (kind < 3) text = text.slice(0, at) + random.pick(ODD) + text.slice(kind === 0 ? end : at);
    else if (kind === 3) text = text.slice(0, at) + text.slice(end);
    else if (kind === 4) text = text.slice(0, end) + text.slice(at);
    else if (kind === 5) text = text.slice(0, at) + other.slice(random.integer(other.length + 1));
    else if (kind === 6) text = text.slice(0, at) + letterOf(random) + text.slice(at + 1);
    else text = text.slice(0, at) + text.slice(at, end).repeat(random.integer(20)) + text.slice(end);
  }
  return text;
}

/** Any code point, half of them in the first plane; lone surrogates, too. */
function letterOf(random: Random): string {
  return random.integer(2) === 0
    ? String.fromCharCode(random.integer(0x10000))
    : String.fromCodePoint(random.integer(0x110000));
}

/** Stands for lists in lists, deeper than `JSON.stringify` goes. */
const DEEP = 'lists in lists';
const LISTS = '['.repeat(20_000) + ']'.repeat(20_000);

/** What stands where something else is expected. */
const ODD_VALUES = [
  ...[
    null,
    true,
    0,
    -1,
    1.5,
    1e300,
    2 ** 32,
    2 ** 53,
    '',
    ' ',
    'a',
    '__proto__',
    [],
    {},
    [[]],
    { a: 1 },
    [0],
    [null],
  ],
  ...['x'.repeat(3000), DEEP, [1, 2, 3, 4], '\x1b[31m', '\ud800', '../../etc/passwd', 'a/b', '-0'],
];

/** JSON in which some values are replaced, left out or doubled, which its readers then get to see; or any text. */
export function mutateJson(original: string, other: string, random: Random): string {
  if (random.integer(3) === 0) return mutateText(original, other, random);
  const root = { value: JSON.parse(original) as unknown };
  for (let i = random.integer(2); i >= 0; i--) changeValue(root, random);
  return (JSON.stringify(root.value) ?? '').replaceAll(JSON.stringify(DEEP), LISTS);
}

function changeValue(root: object, random: Random): void {
  const places = placesIn(root);
  const [holder, key] = random.pick(places);
  const kind = random.integer(6);
  if (kind === 0 && holder !== root) delete holder[key];
  else if (kind === 1) holder[`${key}2`] = holder[key];
  else holder[key] = random.pick(ODD_VALUES);
}

type Place = [holder: Record<string, unknown>, key: string];

/** Every place of a value, but for those within values put in. */
function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null || ODD_VALUES.includes(value as never)) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key): Place[] => [[holder, key], ...placesIn(holder[key])]);
}
