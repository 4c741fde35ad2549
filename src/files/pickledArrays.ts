import { shown } from './quoted';
import { PickleError, RefusedError } from './torch/pickleCursor';
import { PickleFunction, PickleObject, type PickleWorld, unpickle } from './torch/unpickle';
import { countOf } from './weightsFile';

/** An array of bytes that NumPy pickled. */
export class PickledArray extends PickleObject {
  shape: number[] = [];
  /** Row-major. */
  data: Uint8Array = new Uint8Array();

  /** What `ndarray.__setstate__` takes: version, shape, type, order and bytes. */
  override setState(state: unknown): void {
    const [version, shape, type, isColumnMajor, data] = Array.isArray(state) ? state : [];
    if (version !== 1 || !(type instanceof ByteType) || isColumnMajor) {
      throw new RefusedError('it holds an array of another kind than rows of bytes');
    }
    if (!(Array.isArray(shape) && shape.every(Number.isSafeInteger) && data instanceof Uint8Array)) {
      throw new PickleError('it holds an array without a shape or without bytes');
    }
    if (countOf(shape) !== data.length) {
      throw new PickleError(`it holds an array of shape [${shape}] with ${data.length} bytes`);
    }
    this.shape = shape;
    this.data = data;
  }
}

/** NumPy's `dtype('uint8')`, whose state tells nothing of bytes. */
class ByteType extends PickleObject {
  override setState(): void {}
}

/** The class is named, and never called. */
const ARRAY = new PickleFunction('numpy.ndarray', () => {
  throw new RefusedError('it calls numpy.ndarray');
});

const DTYPE = new PickleFunction('numpy.dtype', ([name]) => {
  if (name === 'u1') return new ByteType();
  throw new RefusedError('it holds numbers of another format than bytes ("u1")');
});

const RECONSTRUCT = new PickleFunction('numpy _reconstruct', ([type]) => {
  if (type === ARRAY) return new PickledArray();
  throw new RefusedError('it makes an array of another class than numpy.ndarray');
});

const known = new Map([
  ['numpy.ndarray', ARRAY],
  ['numpy.dtype', DTYPE],
  ['numpy.core.multiarray._reconstruct', RECONSTRUCT],
  ['numpy._core.multiarray._reconstruct', RECONSTRUCT],
]);

const numpyWorld: PickleWorld = {
  find(module, name) {
    const found = known.get(`${module}.${name}`);
    if (found) return found;
    throw new RefusedError(
      `it asks for ${JSON.stringify(`${module}.${name}`.slice(0, 80))}, which is not built`,
    );
  },
  load() {
    throw new RefusedError('it refers to an object outside');
  },
};

/**
 * Reads a pickle of plain containers and of NumPy's arrays of bytes (`PickledArray`); nothing in it is executed, and anything
 * else is refused.
 *
 * @param label how errors call it
 * @returns as `unpickle`
 * @throws Error in one sentence
 */
export function unpickleArrays(pickle: Uint8Array, label: string): unknown {
  try {
    return unpickle(pickle, numpyWorld);
  } catch (error) {
    if (!(error instanceof PickleError)) throw error;
    throw new Error(
      `${label} is no pickle that can be read here: ${shown(error.message, 300)}; get it again.`,
    );
  }
}
