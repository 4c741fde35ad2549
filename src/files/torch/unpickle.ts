import { cursorOver, type PickleCursor, PickleError, RefusedError } from './pickleCursor';
import { PickleStack } from './pickleStack';

/** What stands behind the names in a pickle. Whatever it does not know it refuses with a `RefusedError`. */
export interface PickleWorld {
  /** The value of a global name, such as a `PickleFunction`. */
  find(module: string, name: string): unknown;
  /** The object that a persistent identifier stands for. */
  load(identifier: unknown): unknown;
}

/** What a pickle may call. */
export class PickleFunction {
  constructor(
    readonly name: string,
    /** @throws PickleError where the arguments are not as expected */
    readonly call: (args: readonly unknown[]) => unknown,
  ) {}
}

/** The class of a TorchScript object, known by its name only. */
export class ScriptClass {
  constructor(readonly name: string) {}
}

/** A TorchScript object: its attributes by name. */
export class ScriptObject extends Map<unknown, unknown> {}

/** An object that builds itself from the state that its pickle gives it (BUILD). */
export abstract class PickleObject {
  /** @throws PickleError where the state is not as expected; keeps values as they are, as copies would not be bounded */
  abstract setState(state: unknown): void;
}

/** Instructions and values copied, far more than the largest checkpoint asks for: they bound time and memory. */
const MOST_WORK = 4_000_000;

/**
 * Reads a pickle of protocol 2 to 5 and executes nothing: None, booleans, numbers, texts, bytes, lists, tuples (arrays
 * too), dicts (`Map`) and sets are built, and what `world` knows. Python's library, `pickletools`, describes the format.
 *
 * @throws PickleError where the pickle is damaged; RefusedError, which is one too, where it asks for anything else
 */
export function unpickle(pickle: Uint8Array, world: PickleWorld): unknown {
  const machine = { cursor: cursorOver(pickle), stack: new PickleStack(), world, work: 0 };
  while (machine.work++ < MOST_WORK) {
    const code = machine.cursor.byte();
    if (code === STOP) return machine.stack.finish();
    const instruction = instructions.get(code);
    if (!instruction) throw refusal(code, machine.cursor.position - 1);
    instruction(machine);
  }
  throw tooMuch();
}

function tooMuch(): PickleError {
  return new PickleError(`its pickle asks for more than ${MOST_WORK} instructions and copies`);
}

interface Machine {
  cursor: PickleCursor;
  stack: PickleStack;
  world: PickleWorld;
  /** Instructions carried out and values copied so far. */
  work: number;
}

type Instruction = (machine: Machine) => void;

const STOP = 0x2e;

/** An instruction that pushes what it reads. */
const pushing =
  (read: (cursor: PickleCursor, machine: Machine) => unknown): Instruction =>
  (machine) =>
    machine.stack.push(read(machine.cursor, machine));

/** An instruction that replaces the items since the last mark. */
const gathering =
  (build: (items: unknown[]) => unknown): Instruction =>
  ({ stack }) =>
    stack.push(build(stack.popMarked()));

const tuple =
  (length: number): Instruction =>
  ({ stack }) =>
    stack.push(stack.popMany(length));

/** Every instruction that is carried out, by its code; the letters are those of `pickletools`. */
const instructions = new Map<number, Instruction>([
  [0x80, ({ cursor }) => checkProtocol(cursor.byte())], // PROTO
  [0x95, ({ cursor }) => void cursor.length64()], // FRAME
  [0x4e, pushing(() => null)], // NONE
  [0x88, pushing(() => true)], // NEWTRUE
  [0x89, pushing(() => false)], // NEWFALSE
  [0x4b, pushing((cursor) => cursor.byte())], // BININT1
  [0x4d, pushing((cursor) => cursor.uint16())], // BININT2
  [0x4a, pushing((cursor) => cursor.int32())], // BININT
  [0x8a, pushing((cursor) => cursor.integer(cursor.byte()))], // LONG1
  [0x47, pushing((cursor) => cursor.double())], // BINFLOAT
  [0x8c, pushing((cursor) => cursor.text(cursor.byte()))], // SHORT_BINUNICODE
  [0x58, pushing((cursor) => cursor.text(cursor.uint32()))], // BINUNICODE
  [0x8d, pushing((cursor) => cursor.text(cursor.length64()))], // BINUNICODE8
  [0x55, pushing((cursor) => toLatin1(cursor.bytes(cursor.byte())))], // SHORT_BINSTRING
  [0x54, pushing((cursor) => cursor.bytes(cursor.uint32()))], // BINSTRING
  [0x43, pushing((cursor) => cursor.bytes(cursor.byte()))], // SHORT_BINBYTES
  [0x42, pushing((cursor) => cursor.bytes(cursor.uint32()))], // BINBYTES
  [0x8e, pushing((cursor) => cursor.bytes(cursor.length64()))], // BINBYTES8
  [0x96, pushing((cursor) => cursor.bytes(cursor.length64()))], // BYTEARRAY8
  [0x29, tuple(0)], // EMPTY_TUPLE
  [0x85, tuple(1)], // TUPLE1
  [0x86, tuple(2)], // TUPLE2
  [0x87, tuple(3)], // TUPLE3
  [0x74, gathering((items) => items)], // TUPLE
  [0x5d, pushing(() => [])], // EMPTY_LIST
  [0x7d, pushing(() => new Map())], // EMPTY_DICT
  [0x8f, pushing(() => new Set())], // EMPTY_SET
  [0x91, gathering((items) => new Set(items))], // FROZENSET
  [0x28, ({ stack }) => stack.mark()], // MARK
  [0x30, ({ stack }) => stack.drop()], // POP
  [0x31, ({ stack }) => void stack.popMarked()], // POP_MARK
  [0x61, ({ stack }) => append(stack, stack.popMany(1))], // APPEND
  [0x65, ({ stack }) => append(stack, stack.popMarked())], // APPENDS
  [0x73, ({ stack }) => setItems(stack, stack.popMany(2))], // SETITEM
  [0x75, ({ stack }) => setItems(stack, stack.popMarked())], // SETITEMS
  [0x90, ({ stack }) => addItems(stack, stack.popMarked())], // ADDITEMS
  [0x71, ({ cursor, stack }) => stack.remember(cursor.byte())], // BINPUT
  [0x72, ({ cursor, stack }) => stack.remember(cursor.uint32())], // LONG_BINPUT
  [0x94, ({ stack }) => stack.remember(stack.remembered)], // MEMOIZE
  [0x68, ({ cursor, stack }) => stack.push(stack.recall(cursor.byte()))], // BINGET
  [0x6a, ({ cursor, stack }) => stack.push(stack.recall(cursor.uint32()))], // LONG_BINGET
  [0x63, pushing((cursor, { world }) => world.find(cursor.line(), cursor.line()))], // GLOBAL
  [0x93, ({ stack, world }) => stack.push(findNamed(world, stack.popMany(2)))], // STACK_GLOBAL
  [0x51, ({ stack, world }) => stack.push(world.load(stack.pop()))], // BINPERSID
  [0x52, (machine) => machine.stack.push(callFunction(machine))], // REDUCE
  [0x81, ({ stack }) => stack.push(createObject(stack.popMany(2)))], // NEWOBJ
  [0x62, setState], // BUILD
]);

/** Instructions that run code, or belong to protocols 0 and 1, and are refused by name. */
const refused: Record<number, string> = {
  105: 'INST',
  111: 'OBJ',
  130: 'EXT1',
  131: 'EXT2',
  132: 'EXT4',
  146: 'NEWOBJ_EX',
  80: 'PERSID',
  139: 'LONG4',
  151: 'NEXT_BUFFER',
  152: 'READONLY_BUFFER',
  50: 'DUP',
};

function refusal(code: number, place: number): RefusedError {
  const name = refused[code] ?? `0x${code.toString(16).padStart(2, '0')}`;
  return new RefusedError(
    `its pickle has the instruction ${name} at byte ${place}, which builds no tensor or plain container`,
  );
}

function checkProtocol(protocol: number): void {
  if (protocol >= 2 && protocol <= 5) return;
  throw new PickleError(`its pickle is of protocol ${protocol} where 2 to 5 are expected`);
}

function append(stack: PickleStack, items: unknown[]): void {
  const target = stack.top();
  if (!Array.isArray(target)) throw misuse('appends to', target);
  for (const item of items) target.push(item);
}

function setItems(stack: PickleStack, items: unknown[]): void {
  const target = stack.top();
  if (!(target instanceof Map) || items.length % 2 > 0) throw misuse('sets items of', target);
  for (let i = 0; i < items.length; i += 2) target.set(items[i], items[i + 1]);
}

function addItems(stack: PickleStack, items: unknown[]): void {
  const target = stack.top();
  if (!(target instanceof Set)) throw misuse('adds items to', target);
  for (const item of items) target.add(item);
}

function findNamed(world: PickleWorld, [module, name]: unknown[]): unknown {
  if (typeof module !== 'string' || typeof name !== 'string') throw misuse('takes for a name', name);
  return world.find(module, name);
}

/** A call may copy what it is given, again and again from one remembered value: its length counts as work. */
function callFunction(machine: Machine): unknown {
  const [target, args] = machine.stack.popMany(2);
  if (!(target instanceof PickleFunction) || !Array.isArray(args)) throw misuse('calls', target);
  for (const item of args) machine.work += typeof item === 'string' || Array.isArray(item) ? item.length : 1;
  if (machine.work > MOST_WORK) throw tooMuch();
  return target.call(args);
}

function createObject([target]: unknown[]): ScriptObject {
  if (!(target instanceof ScriptClass)) throw misuse('makes an object of', target);
  return new ScriptObject();
}

/**
 * An object takes its state, and a TorchScript object its attributes; what Python hangs on an OrderedDict (`_metadata`) is
 * left out.
 */
function setState(machine: Machine): void {
  const state = machine.stack.pop();
  const target = machine.stack.top();
  if (target instanceof PickleObject) {
    target.setState(state);
    return;
  }
  if (!(target instanceof Map) || !(state instanceof Map)) throw misuse('sets the state of', target);
  if (!(target instanceof ScriptObject)) return;
  machine.work += state.size;
  if (machine.work > MOST_WORK) throw tooMuch();
  for (const [name, value] of state) target.set(name, value);
}

/** Python 2 had one type for texts and bytes: here up to 255 are a text, and more are bytes. */
const toLatin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

function misuse(deed: string, target: unknown): RefusedError {
  return new RefusedError(`its pickle ${deed} ${describe(target)}`);
}

function describe(value: unknown): string {
  if (value instanceof PickleFunction || value instanceof ScriptClass) return value.name;
  if (value === null) return 'None';
  return typeof value === 'object' ? `a value of type ${value.constructor.name}` : `a ${typeof value}`;
}
