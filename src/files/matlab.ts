import { inflateSync } from 'node:zlib';
import {
  charactersOf,
  ELEMENT,
  elementsOf,
  type MatlabElement,
  type MatlabElements,
  numbersOf,
} from './matlabElement';
import { quoted } from './quoted';

/** What a variable of MATLAB holds. Values stand column by column, as MATLAB counts them. */
export type MatlabValue = { shape: number[] } & (
  | { type: 'numbers'; values: Float64Array }
  /** One text for each row of a matrix of characters; none where there are no characters. */
  | { type: 'texts'; values: string[] }
  | { type: 'cells'; values: MatlabValue[] }
  /** By the fields' names. */
  | { type: 'structs'; values: Map<string, MatlabValue>[] }
);

type Values<Type extends MatlabValue['type']> = Extract<MatlabValue, { type: Type }>['values'];

const HEADER = 128;
/** Bytes that a file may unpack to; the label files of benchmarks need three million. */
const LARGEST = 16 * 2 ** 20;
/** Cells in cells, structs in structs. */
const DEEPEST = 32;

const COMPLEX = 0x0800;
const CLASS = { cell: 1, struct: 2, text: 4, firstNumeric: 6, lastNumeric: 15 };
const REFUSED: Record<number, string> = {
  3: 'an object',
  5: 'a sparse matrix',
  16: 'a function',
  17: 'an object',
};

/**
 * Reads variables of a MATLAB 5 file (`save` since version 5, up to `-v7`), in either byte order, compressed or not.
 *
 * Source: MathWorks, MAT-File Format, chapter 1.
 *
 * @param content the file
 * @param label how errors call it
 * @param names of the variables wanted; others are skipped, whatever they hold
 * @throws Error naming what is missing, damaged, or cannot be read: sparse and complex matrices, objects and functions
 */
export function readMatlab<Name extends string>(
  content: Buffer,
  label: string,
  names: readonly Name[],
): Record<Name, MatlabValue> {
  const found: Partial<Record<Name, MatlabValue>> = {};
  const others: string[] = [];
  let place = 'its header';
  try {
    const littleEndian = byteOrder(content);
    for (const variable of variablesIn(elementsOf(content.subarray(HEADER), littleEndian))) {
      const name = names.find((wanted) => wanted === variable.name && !(wanted in found));
      if (name === undefined) {
        others.push(variable.name);
        continue;
      }
      place = `"${name}"`;
      found[name] = readValue(variable, DEEPEST);
      if (names.every((wanted) => wanted in found)) return found as Record<Name, MatlabValue>;
    }
  } catch (error) {
    const reason = (error as Error).message;
    throw new Error(`The MATLAB file ${label} cannot be read: near ${place}, ${reason}.`);
  }
  const missing = names.find((name) => !(name in found));
  const got = others.slice(0, 8).map((name) => quoted(name));
  throw new Error(
    `Expected a variable "${missing}" in the MATLAB file ${label}, but there is only ${got.join(', ') || 'nothing'}; is it the right file?`,
  );
}

/**
 * The values of a variable, a cell or a field, where they are what is expected.
 *
 * @param place how errors call it
 */
export function matlabValues<Type extends MatlabValue['type']>(
  value: MatlabValue | undefined,
  type: Type,
  place: string,
): Values<Type> {
  if (value?.type === type) return value.values as Values<Type>;
  const got = value ? `${value.type} of shape ${value.shape.join('×')}` : 'nothing';
  throw new Error(`Expected ${type} as ${place}, got ${got}; is it the right file?`);
}

/** @returns whether the least byte comes first */
function byteOrder(content: Buffer): boolean {
  const order = content.toString('latin1', 126, HEADER);
  const littleEndian = order === 'IM';
  if (content.length < HEADER || !(littleEndian || order === 'MI'))
    throw new Error('it does not begin as one of version 5; save it by `save -v7` in MATLAB');
  if (content[littleEndian ? 125 : 124] !== 1)
    throw new Error('it is of version 7.3; save it by `save -v7` in MATLAB');
  return littleEndian;
}

/** A variable, a cell or a field before its values are looked at. */
interface Matrix {
  name: string;
  shape: number[];
  kind: number;
  isComplex: boolean;
  rest: MatlabElements;
}

function* variablesIn(elements: MatlabElements): Generator<Matrix> {
  let budget = LARGEST;
  while (elements.left > 0) {
    let element = elements.next();
    if (element.type === ELEMENT.compressed) {
      const unpacked = inflate(element.bytes, budget);
      budget -= unpacked.length;
      element = elementsOf(unpacked, elements.littleEndian).next();
    }
    if (element.type === ELEMENT.matrix) yield matrixOf(element);
  }
}

function inflate(bytes: Buffer, largest: number): Buffer {
  try {
    // A limit of zero would be none.
    return inflateSync(bytes, { maxOutputLength: Math.max(1, largest) });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_BUFFER_TOO_LARGE')
      throw new Error(`compressed data are damaged (${message}); get it again`);
    throw new Error(`compressed data unpack to more than ${LARGEST / 2 ** 20} MB`);
  }
}

function matrixOf({ type, bytes, littleEndian }: MatlabElement): Matrix {
  if (type !== ELEMENT.matrix) throw new Error(`a matrix is expected where data of kind ${type} stand`);
  const rest = elementsOf(bytes, littleEndian);
  // MATLAB leaves out everything of a cell that was never filled.
  if (bytes.length === 0)
    return { name: '', shape: [0, 0], kind: CLASS.firstNumeric, isComplex: false, rest };
  const [flags = 0] = numbersOf(rest.next());
  const shape = Array.from(numbersOf(rest.next()));
  if (shape.length < 2 || !shape.every((side) => Number.isInteger(side) && side >= 0))
    throw new Error(`there is no shape [${shape}]`);
  const name = charactersOf(rest.next());
  return { name, shape, kind: flags & 0xff, isComplex: (flags & COMPLEX) !== 0, rest };
}

function readValue({ shape, kind, isComplex, rest }: Matrix, depth: number): MatlabValue {
  if (REFUSED[kind]) throw new Error(`there is ${REFUSED[kind]}, which is not read here`);
  if (isComplex) throw new Error('there are complex numbers, which are not read here');
  if (depth === 0) throw new Error(`cells or structs lie more than ${DEEPEST} deep`);
  const count = shape.reduce((product, side) => product * side, 1);
  if (kind === CLASS.cell) {
    return { type: 'cells', shape, values: inside(rest, count, depth) };
  }
  if (kind === CLASS.struct) return { type: 'structs', shape, values: structsIn(rest, count, depth) };
  if (kind === CLASS.text) return { type: 'texts', shape, values: rowsIn(rest, shape, count) };
  if (kind < CLASS.firstNumeric || kind > CLASS.lastNumeric)
    throw new Error(`there is no class of number ${kind}`);
  const values = rest.left === 0 ? new Float64Array() : numbersOf(rest.next());
  expectCount(values.length, count, shape);
  return { type: 'numbers', shape, values };
}

/** So many matrices, each of which takes 8 bytes at least. */
function inside(rest: MatlabElements, count: number, depth: number): MatlabValue[] {
  if (count * 8 > rest.left) throw new Error(`${count} cells or fields do not fit in ${rest.left} bytes`);
  return Array.from({ length: count }, () => readValue(matrixOf(rest.next()), depth - 1));
}

/** Names of fields in equal widths, ended by a zero; then the fields of the first struct, the second, …. */
function structsIn(rest: MatlabElements, count: number, depth: number): Map<string, MatlabValue>[] {
  const [width = 0] = numbersOf(rest.next());
  const names = charactersOf(rest.next());
  if (names !== '' && !(width > 0 && names.length % width === 0))
    throw new Error(`names of fields do not have ${width} letters`);
  const fields = Array.from({ length: names === '' ? 0 : names.length / width }, (_, i) =>
    names.slice(i * width, (i + 1) * width).replace(/\0.*$/s, ''),
  );
  // Structs without fields take no room, so that their number proves nothing.
  if (fields.length === 0 && count > 1) throw new Error(`${count} structs have no fields`);
  const values = inside(rest, count * fields.length, depth);
  return Array.from(
    { length: count },
    (_, i) => new Map(fields.map((field, j) => [field, values[i * fields.length + j]])),
  );
}

function rowsIn(rest: MatlabElements, shape: number[], count: number): string[] {
  const text = rest.left === 0 ? '' : charactersOf(rest.next());
  if (text === '' || count === 0) return [];
  const [rows] = shape;
  if (rows === 1) return [text];
  const letters = text.length === count ? text.split('') : [...text];
  expectCount(letters.length, count, shape);
  const texts = new Array<string>(rows).fill('');
  for (const [i, letter] of letters.entries()) texts[i % rows] += letter;
  return texts;
}

function expectCount(got: number, wanted: number, shape: number[]): void {
  if (got !== wanted)
    throw new Error(`its shape [${shape}] has ${wanted} values, but ${got} are there; get it again`);
}
