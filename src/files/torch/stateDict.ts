import { RefusedError } from './pickleCursor';
import { TorchTensor } from './tensor';
import { ScriptObject } from './unpickle';

/** Where training code keeps a model's parameters among other things: open_clip, DALIP and ALIP, and others. */
const WRAPPERS = ['state_dict', 'model_state_dict', 'model'];

/** What `DistributedDataParallel` and `torch.compile` put before every name. */
const PREFIXES = ['module.', '_orig_mod.'];

/** Numbers that OpenAI's archives hold as tensors, and the text tower's mask, which follows from its length. */
const NO_PARAMETER = /^(input_resolution|context_length|vocab_size)$|(^|\.)attn_mask$/;

/** More names and modules than any model has: archives can be written in which they double at every level. */
const MOST_VISITS = 100_000;
const DEEPEST = 64;
const LONGEST_NAME = 1000;

/**
 * The tensors by their names in open_clip, from whatever a PyTorch file holds: a state dict; a checkpoint of a training
 * that has one under `state_dict` or `model`; or a TorchScript module such as OpenAI published, whose modules nest and
 * whose names are joined by dots. Prefixes that wrappers leave (`module.`) go, other values than tensors are left out.
 *
 * @param value as `unpickle` gives it
 * @throws RefusedError if there are no tensors
 */
export function stateDictOf(value: unknown): Map<string, TorchTensor> {
  const dict = unwrap(value);
  const named = dict instanceof ScriptObject ? flatten(dict) : tensorsIn(dict);
  if (named.size === 0) {
    const keys = [...dict.keys()].filter((key) => typeof key === 'string').slice(0, 8);
    throw new RefusedError(
      `it holds no tensors where a state dict has them, nor under ${WRAPPERS.join(' or ')}, but ` +
        (keys.join(', ') || 'nothing'),
    );
  }
  return withoutPrefixes(named);
}

function unwrap(value: unknown): Map<unknown, unknown> {
  let dict = value;
  for (let depth = 0; depth < WRAPPERS.length && dict instanceof Map; depth++) {
    if (dict instanceof ScriptObject) break;
    const around: Map<unknown, unknown> = dict;
    const inner = WRAPPERS.map((key) => around.get(key)).find((found) => found instanceof Map);
    if (!inner) break;
    dict = inner;
  }
  if (dict instanceof Map) return dict;
  throw new RefusedError('it holds no dict of tensors');
}

function tensorsIn(dict: Map<unknown, unknown>): Map<string, TorchTensor> {
  const named = new Map<string, TorchTensor>();
  for (const [name, value] of dict) {
    if (typeof name === 'string' && value instanceof TorchTensor) named.set(name, value);
  }
  return named;
}

/** The tensors of modules within modules. */
function flatten(module: ScriptObject): Map<string, TorchTensor> {
  const named = new Map<string, TorchTensor>();
  let visits = 0;
  const visit = (parent: ScriptObject, prefix: string, depth: number): void => {
    if (depth > DEEPEST) throw new RefusedError(`its modules nest more than ${DEEPEST} deep`);
    for (const [name, value] of parent) {
      if (++visits > MOST_VISITS) throw new RefusedError(`it has more than ${MOST_VISITS} names`);
      if (typeof name !== 'string') continue;
      if (prefix.length + name.length > LONGEST_NAME) {
        throw new RefusedError(`it has a name of more than ${LONGEST_NAME} letters`);
      }
      if (value instanceof TorchTensor) named.set(`${prefix}${name}`, value);
      if (value instanceof ScriptObject) visit(value, `${prefix}${name}.`, depth + 1);
    }
  };
  visit(module, '', 1);
  return named;
}

function withoutPrefixes(named: Map<string, TorchTensor>): Map<string, TorchTensor> {
  let entries = [...named];
  const shared = () => PREFIXES.find((prefix) => entries.every(([name]) => name.startsWith(prefix)));
  for (let prefix = shared(); prefix !== undefined; prefix = shared()) {
    const { length } = prefix;
    entries = entries.map(([name, tensor]) => [name.slice(length), tensor]);
  }
  return new Map(entries.filter(([name]) => !NO_PARAMETER.test(name)));
}
