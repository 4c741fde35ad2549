import { PickledArray, unpickleArrays } from '../files/pickledArrays';
import { listLines } from './lists';

/** Pixels of a side. */
export const SIDE = 32;
const PIXELS = SIDE * SIDE;

/** A picture of CIFAR and its class. */
export interface CifarRecord {
  label: number;
  /** RGB bytes, `[SIDE, SIDE, 3]`. */
  data: Uint8Array;
}

/** A form in which the authors publish their pictures. */
export interface CifarForm {
  /** The files of each split. */
  splits: Readonly<Record<string, readonly string[]>>;
  /** The file of class names. */
  names: string;
  /** @param name of the file, as errors call it; throws an Error where it is not what it should be */
  readNames(content: Buffer, name: string): string[];
  /** As `readNames`. */
  readRecords(content: Buffer, name: string): Iterable<CifarRecord>;
}

/**
 * The binary form: a list of names, and records of label bytes and three planes of bytes: red, green, blue.
 *
 * @param labels how many classes each label byte may name; the last one counts
 */
export function binaryForm(splits: CifarForm['splits'], names: string, labels: readonly number[]): CifarForm {
  const size = labels.length + 3 * PIXELS;
  return {
    splits,
    names,
    readNames: listLines,
    *readRecords(content, name) {
      if (content.length % size !== 0) {
        throw new Error(
          `Expected records of ${size} bytes in "${name}", got ${content.length} bytes; get it again.`,
        );
      }
      for (let at = 0; at < content.length; at += size) {
        for (const [place, count] of labels.entries()) {
          checkLabel(content[at + place], count, `${name}/${at / size}`);
        }
        const planes = content.subarray(at + labels.length, at + size);
        yield { label: content[at + labels.length - 1], data: interleave(planes) };
      }
    },
  };
}

/**
 * The form for Python, as torchvision reads it: pickled dictionaries of NumPy arrays, without running any code of theirs.
 *
 * @param keys of class names and of labels in the dictionaries
 */
export function pickledForm(
  splits: CifarForm['splits'],
  names: string,
  keys: { names: string; labels: string },
  classes: number,
): CifarForm {
  return {
    splits,
    names,
    readNames(content, name) {
      const found = readDictionary(content, name).get(keys.names);
      if (Array.isArray(found) && found.every((one) => typeof one === 'string')) return found;
      throw new Error(`Expected a list "${keys.names}" of names in "${name}"; get it again.`);
    },
    *readRecords(content, name) {
      const dictionary = readDictionary(content, name);
      const [pictures, labels] = [dictionary.get('data'), dictionary.get(keys.labels)];
      const isWhole =
        pictures instanceof PickledArray &&
        pictures.shape[1] === 3 * PIXELS &&
        Array.isArray(labels) &&
        labels.length === pictures.shape[0];
      if (!isWhole) {
        throw new Error(
          `Expected an array "data" with ${3 * PIXELS} bytes for each of "${keys.labels}" in "${name}"; get it again.`,
        );
      }
      for (const [record, label] of labels.entries()) {
        checkLabel(label, classes, `${name}/${record}`);
        const planes = pictures.data.subarray(record * 3 * PIXELS, (record + 1) * 3 * PIXELS);
        yield { label, data: interleave(planes) };
      }
    },
  };
}

function readDictionary(content: Buffer, name: string): Map<unknown, unknown> {
  const value = unpickleArrays(content, `"${name}"`);
  if (value instanceof Map) return value;
  throw new Error(`Expected a pickled dictionary in "${name}", got something else; get it again.`);
}

function checkLabel(label: unknown, count: number, place: string): asserts label is number {
  if (Number.isInteger(label) && (label as number) >= 0 && (label as number) < count) return;
  throw new Error(`Expected a label below ${count} in "${place}", got ${label}.`);
}

/** `[3, SIDE, SIDE]` → `[SIDE, SIDE, 3]` */
function interleave(planes: Uint8Array): Uint8Array {
  const pixels = new Uint8Array(planes.length);
  for (let i = 0; i < PIXELS; i++) {
    for (let band = 0; band < 3; band++) pixels[i * 3 + band] = planes[band * PIXELS + i];
  }
  return pixels;
}
