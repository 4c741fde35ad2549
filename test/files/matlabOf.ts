/** What `matlabOf` writes: a text, a list of numbers, or cells and structs of such. */
export type Content =
  | string
  | number
  | readonly number[]
  | { cells: readonly Content[] }
  | { structs: readonly Readonly<Record<string, Content>>[] };

const CLASS = { cells: 1, structs: 2, text: 4, double: 6 };
const FIELD_WIDTH = 32;

/** A file of MATLAB 5 with one row of each variable, as `save -v6` writes it. */
export function matlabOf(variables: Readonly<Record<string, Content>>): Buffer {
  const header = Buffer.alloc(128, ' ');
  header.write('MATLAB 5.0 MAT-file');
  header.write('\x00\x01IM', 124, 'latin1');
  return Buffer.concat([header, ...Object.entries(variables).map(([name, value]) => matrix(value, name))]);
}

function matrix(value: Content, name = ''): Buffer {
  if (typeof value === 'number') return matrix([value], name);
  if (typeof value === 'string') {
    return whole(CLASS.text, value.length, name, element(4, Buffer.from(value, 'utf16le')));
  }
  if ('cells' in value) {
    return whole(CLASS.cells, value.cells.length, name, ...value.cells.map((cell) => matrix(cell)));
  }
  if ('structs' in value) {
    const fields = Object.keys(value.structs[0]);
    const names = Buffer.concat(fields.map((field) => Buffer.from(field.padEnd(FIELD_WIDTH, '\0'))));
    const values = value.structs.flatMap((row) => fields.map((field) => matrix(row[field])));
    const head = [element(5, int32(FIELD_WIDTH)), element(1, names)];
    return whole(CLASS.structs, value.structs.length, name, ...head, ...values);
  }
  return whole(CLASS.double, value.length, name, element(9, Buffer.from(Float64Array.from(value).buffer)));
}

function whole(kind: number, length: number, name: string, ...rest: Buffer[]): Buffer {
  const head = [element(6, int32(kind, 0)), element(5, int32(1, length)), element(1, Buffer.from(name))];
  return element(14, Buffer.concat([...head, ...rest]));
}

function element(type: number, bytes: Buffer): Buffer {
  return Buffer.concat([int32(type, bytes.length), bytes, Buffer.alloc(-bytes.length & 7)]);
}

const int32 = (...values: number[]) => Buffer.from(Int32Array.from(values).buffer);
