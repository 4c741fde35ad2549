import { codecs, type TensorType } from '../tensorTypes';
import { PickleError, RefusedError } from './pickleCursor';
import { MOST_AXES, TorchStorage, TorchTensor } from './tensor';
import { PickleFunction, type PickleWorld, ScriptClass } from './unpickle';

/** A number format, such as `torch.float16` or the type of a storage that holds it. */
class TorchType {
  constructor(readonly dtype: TensorType) {}
}

/**
 * The names that a PyTorch file may use: those by which PyTorch writes tensors, parameters and plain containers. Classes
 * of TorchScript (`__torch__.…`) are names without code. Nothing else is known, and nothing that is known does more than
 * build.
 */
export const torchWorld: PickleWorld = {
  find(module, name) {
    const path = `${module}.${name}`;
    if (module.startsWith('__torch__')) return new ScriptClass(path);
    const found = known.get(path);
    if (found) return found;
    throw new RefusedError(`it asks for ${shorten(path)}, and only tensors and plain containers are built`);
  },
  load(identifier) {
    const [kind, type, key, , count] = Array.isArray(identifier) ? identifier : [];
    if (kind !== 'storage' || !(type instanceof TorchType) || typeof key !== 'string' || !isCount(count)) {
      throw new RefusedError('it refers to an object outside that is no storage of numbers');
    }
    return new TorchStorage(type.dtype, key, count);
  },
};

/** The formats by PyTorch's names, and the types of storages that hold them. */
const dtypes: Record<string, [TensorType, string]> = {
  float64: ['F64', 'DoubleStorage'],
  float32: ['F32', 'FloatStorage'],
  float16: ['F16', 'HalfStorage'],
  bfloat16: ['BF16', 'BFloat16Storage'],
  int64: ['I64', 'LongStorage'],
  int32: ['I32', 'IntStorage'],
  uint8: ['U8', 'ByteStorage'],
  bool: ['BOOL', 'BoolStorage'],
};

const known = new Map<string, PickleFunction | TorchType>([
  ...Object.entries(dtypes).flatMap(([name, [dtype, storage]]): [string, TorchType][] => [
    [`torch.${name}`, new TorchType(dtype)],
    [`torch.${storage}`, new TorchType(dtype)],
  ]),
  ['torch.storage.UntypedStorage', new TorchType('U8')],
]);

function define(name: string, call: (args: readonly unknown[]) => unknown): void {
  known.set(name, new PickleFunction(name, call));
}

define('torch._utils._rebuild_tensor', ([storage, ...view]) => rebuild(storage, view));
define('torch._utils._rebuild_tensor_v2', ([storage, offset, shape, strides, , , flags]) => {
  refuseFlags(flags);
  return rebuild(storage, [offset, shape, strides]);
});
define('torch._utils._rebuild_tensor_v3', ([storage, offset, shape, strides, , , type, flags]) => {
  if (!(storage instanceof TorchStorage && type instanceof TorchType)) throw unexpected('_rebuild_tensor_v3');
  refuseFlags(flags);
  const bytes = storage.count * codecs[storage.dtype].bytes;
  const count = Math.floor(bytes / codecs[type.dtype].bytes);
  return rebuild(new TorchStorage(type.dtype, storage.key, count), [offset, shape, strides]);
});
define('torch._utils._rebuild_parameter', ([tensor]) => asTensor(tensor));
define('torch._utils._rebuild_parameter_with_state', ([tensor]) => asTensor(tensor));
define('torch.Size', ([sizes = []]) => asList(sizes, 'torch.Size'));
define('torch.device', ([name]) => name);
define('collections.OrderedDict', ([pairs = []]) => new Map(asPairs(pairs)));

// How protocol 2 writes bytes, and sets.
define('_codecs.encode', ([text, encoding]) => {
  if (typeof text !== 'string' || encoding !== 'latin1') throw unexpected('_codecs.encode');
  return new Uint8Array(Buffer.from(text, 'latin1'));
});

for (const builtins of ['__builtin__', 'builtins']) {
  define(`${builtins}.bytes`, (args) => {
    if (args.length > 0) throw unexpected('bytes');
    return new Uint8Array();
  });
  define(`${builtins}.set`, ([items]) => new Set(asList(items, 'set')));
  define(`${builtins}.frozenset`, ([items]) => new Set(asList(items, 'frozenset')));
}

// How TorchScript writes lists of one type.
for (const type of ['int', 'double', 'bool', 'tensor']) {
  define(`torch.jit._pickle.build_${type}list`, ([items]) => asList(items, `build_${type}list`));
}
define('torch.jit._pickle.restore_type_tag', ([value]) => value);

/** Views can be marked to be negated or conjugated when they are read. */
function refuseFlags(flags: unknown): void {
  if (flags instanceof Map && flags.size > 0)
    throw new RefusedError('a tensor is marked to be changed on reading');
}

function rebuild(storage: unknown, [offset, shape, strides]: unknown[]): TorchTensor {
  if (!(storage instanceof TorchStorage)) throw new PickleError('a tensor lacks a storage');
  if (!(isCount(offset) && isCounts(shape) && isCounts(strides))) {
    throw new PickleError("a tensor's offset, shape or strides are no counts, at most 32");
  }
  return new TorchTensor(storage, offset, shape, strides);
}

function asTensor(value: unknown): TorchTensor {
  if (value instanceof TorchTensor) return value;
  throw unexpected('a parameter');
}

function asList(value: unknown, taker: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw unexpected(taker);
}

function asPairs(value: unknown): [unknown, unknown][] {
  const pairs = asList(value, 'collections.OrderedDict');
  if (pairs.every((pair) => Array.isArray(pair) && pair.length === 2)) return pairs as [unknown, unknown][];
  throw unexpected('collections.OrderedDict');
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= MOST_AXES && value.every(isCount);
}

function unexpected(taker: string): RefusedError {
  return new RefusedError(`${taker} is given other values than PyTorch writes`);
}

/** On one line of at most 80 letters. */
function shorten(path: string): string {
  const plain = path.replace(/[^\x20-\x7e]/g, '?');
  return plain.length <= 80 ? plain : `${plain.slice(0, 80)}…`;
}
