'use strict';

// Ends what an interrupted cell has begun. A promise cannot be stopped from outside, so what a cell started is known by
// its asynchronous context: after the interrupt, the next tensor operation or timer in that context throws, and with it
// ends a training run or a loop that sleeps. Work that uses neither (say, a loop over files) goes on to its end unseen.

const { AsyncLocalStorage } = require('node:async_hooks');

/** The cell whose work is running, even after the cell has ended. */
const running = new AsyncLocalStorage();
const guarded = new WeakSet();
/** The cell that has not ended yet. */
let current = null;

/** What an interrupted cell ends with. */
class KeyboardInterrupt extends Error {
  name = 'KeyboardInterrupt';
  constructor() {
    super('the cell was interrupted; what earlier cells defined is kept.');
    this.stack = '';
  }
}

/** Runs a cell so that `interrupt` ends what it begins. */
async function runCell(cell) {
  const engine = globalThis._tfengine;
  const before = engine && stateOf(engine);
  const mine = { interrupted: false };
  current = mine;
  try {
    return await running.run(mine, cell);
  } finally {
    current = null;
    if (mine.interrupted && globalThis._tfengine) settle(globalThis._tfengine, before);
  }
}

/** Marks the cell that runs as interrupted. Without one nothing happens. */
function interrupt() {
  if (!current) return;
  current.interrupted = true;
  for (const timer of ['setTimeout', 'setImmediate', 'setInterval']) guard(globalThis, timer);
  const engine = globalThis._tfengine;
  if (engine) for (const method of ['runKernel', 'runKernelFunc']) guard(engine, method);
}

/** Makes a method throw in the context of an interrupted cell. */
function guard(owner, name) {
  const original = owner[name];
  if (guarded.has(original)) return;
  const checked = function (...args) {
    if (running.getStore()?.interrupted) throw new KeyboardInterrupt();
    return original.apply(this, args);
  };
  guarded.add(Object.defineProperties(checked, Object.getOwnPropertyDescriptors(original)));
  owner[name] = checked;
}

function stateOf({ state }) {
  const { gradientDepth, kernelDepth, activeTape, scopeStack, numDataMovesStack } = state;
  return { gradientDepth, kernelDepth, activeTape, scopes: scopeStack.length, moves: numDataMovesStack.length };
}

/** An interrupt ends code without its `finally`: tidies and gradients it was inside of are closed here. */
function settle(engine, before) {
  const { state } = engine;
  const scopes = before?.scopes ?? 0;
  while (state.scopeStack.length > scopes) engine.endScope();
  state.gradientDepth = before?.gradientDepth ?? 0;
  state.kernelDepth = before?.kernelDepth ?? 0;
  state.activeTape = before?.activeTape ?? null;
  state.numDataMovesStack.length = before?.moves ?? 0;
}

module.exports = { interrupt, KeyboardInterrupt, runCell };
