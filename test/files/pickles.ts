import { type ZipEntry, zipOf } from './zip';

/** Pickles written by hand: pieces are instructions, as bytes, or texts of their letters. */
export function pickleOf(...pieces: (string | number | Uint8Array)[]): Buffer {
  const parts = pieces.map((piece) => {
    if (typeof piece === 'number') return Buffer.of(piece);
    return typeof piece === 'string' ? Buffer.from(piece, 'latin1') : Buffer.from(piece);
  });
  return Buffer.concat([Buffer.of(0x80, 2), ...parts, Buffer.from('.')]);
}

/** A text (BINUNICODE). */
export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([Buffer.from('X'), length, bytes]);
}

/** A whole number (LONG1, 8 bytes). */
export function whole(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return Buffer.concat([Buffer.of(0x8a, 8), bytes]);
}

export function tuple(...items: Uint8Array[]): Buffer {
  return Buffer.concat([Buffer.from('('), ...items, Buffer.from('t')]);
}

/** A global name (GLOBAL). */
export function named(module: string, name: string): Buffer {
  return Buffer.from(`c${module}\n${name}\n`);
}

/** What a call gives (REDUCE). */
export function called(target: Uint8Array, ...args: Uint8Array[]): Buffer {
  return Buffer.concat([target, tuple(...args), Buffer.from('R')]);
}

/** A dict of one item. */
export function dictOf(name: string, value: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from('}'), text(name), value, Buffer.from('s')]);
}

export interface TensorSettings {
  shape?: number[];
  strides?: number[];
  offset?: number;
  /** Values that the storage claims. */
  count?: number;
  storage?: string;
  key?: string;
  flags?: Uint8Array;
}

/** A tensor of four float32 values, or another. */
export function tensor(settings: TensorSettings = {}): Buffer {
  const { shape = [4], strides = [1], offset = 0, count = 4, storage = 'FloatStorage', key = '0' } = settings;
  const { flags = Buffer.from('N') } = settings;
  const identifier = [text('storage'), named('torch', storage), text(key), text('cpu'), whole(count)];
  const stored = Buffer.concat([tuple(...identifier), Buffer.from('Q')]);
  const view = [whole(offset), tuple(...shape.map(whole)), tuple(...strides.map(whole))];
  const no = Buffer.of(0x89);
  return called(named('torch._utils', '_rebuild_tensor_v2'), stored, ...view, no, tuple(), flags);
}

/** A PyTorch archive with this pickle and a storage "0" of these values. */
export function archiveOf(pickle: Uint8Array, storage: Uint8Array = new Uint8Array(16)): ZipEntry[] {
  return [
    { name: 'archive/data.pkl', bytes: pickle },
    { name: 'archive/data/0', bytes: storage },
  ];
}

export function torchFileOf(pickle: Uint8Array): Buffer {
  return zipOf(archiveOf(pickle));
}
