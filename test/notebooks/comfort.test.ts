import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { projectRoot } from '../../src/data/projectRoot';
import { type CellResult, type Kernel, startKernel, written } from './kernel';

/** Seconds until an interrupt, and seconds within which the cell must then have ended. */
const INTERRUPT = { interrupt: 3, limit: 20 };

/** The kernel as a reader meets it: CLIPBOOK_SLOW=1 or CLIPBOOK_NOTEBOOKS=1. */
describe('the kernel', function () {
  this.timeout(180_000);
  let kernel: Kernel;

  before(async function () {
    if (!process.env.CLIPBOOK_SLOW && !process.env.CLIPBOOK_NOTEBOOKS) this.skip();
    kernel = startKernel();
    await ok('const kept = 41; const sleep = (ms: number) => new Promise((end) => setTimeout(end, ms));');
  });

  after(() => kernel?.stop());

  async function ok(code: string): Promise<CellResult> {
    const result = await kernel.run(code);
    assert.equal(result.status, 'ok', JSON.stringify(result.outputs));
    return result;
  }

  async function value(expression: string): Promise<string> {
    return written(await ok(`console.log(${expression})`), 'stdout').trim();
  }

  async function interruptedBy(code: string): Promise<void> {
    const result = await kernel.run(code, INTERRUPT);
    assert.equal(result.status, 'error');
    assert.ok(result.seconds < INTERRUPT.limit);
    assert.match(written(result, 'stderr'), /^KeyboardInterrupt: [^\n]+\n$/);
    assert.equal(await value('kept + 1'), '42');
  }

  it('imports from src in under 5 s, without a word of TensorFlow', async () => {
    const result = await ok(
      "import * as tf from '@tensorflow/tfjs-core';\nimport { startEngine } from '../src/engine';",
    );
    assert.deepEqual(result.outputs, []);
    assert.ok(result.seconds < 5, `took ${result.seconds.toFixed(1)} s`);
    assert.equal(written(await ok('await startEngine();'), 'stderr'), '');
  });

  it('ends a loop that sleeps, at once and for good', async () => {
    await ok('let turns = 0;');
    await interruptedBy('while (true) { await sleep(50); turns++; }');
    const turns = await value('turns');
    assert.ok(Number(turns) > 0);
    await ok('await sleep(300);');
    assert.equal(await value('turns'), turns);
  });

  it('ends a loop that never waits', () => interruptedBy('while (true) Math.random();'));

  it('ends a loop of tensor operations inside a tidy, and closes the tidy', async () => {
    await ok('const square = tf.ones([256, 256]); const count = tf.memory().numTensors;');
    await interruptedBy('tf.tidy(() => { while (true) tf.matMul(square, square).dispose(); });');
    await ok('const after = tf.memory().numTensors; const outside = tf.engine().state.scopeStack.length;');
    assert.equal(await value('after - count'), '0');
    assert.equal(await value('outside'), '0');
    assert.equal(await value('tf.sum(square).dataSync()[0]'), '65536');
  });

  it('ends a training that goes on between waits', async () => {
    await ok('let steps = 0;');
    await interruptedBy(
      'while (true) { tf.tidy(() => tf.matMul(square, square)); steps++; await new Promise((end) => process.nextTick(() => sleep(1).then(end))); }',
    );
    const steps = await value('steps');
    await ok('await sleep(300);');
    assert.equal(await value('steps'), steps);
  });

  it('shows an error with the lines of the cell and of src, and nothing else', async () => {
    await ok("import { readNpy } from '../src/files/npy';");
    const result = await kernel.run('const read = () =>\n  readNpy("missing.npy");\n\nread();');
    assert.equal(result.status, 'error');
    const lines = written(result, 'stderr').trimEnd().split('\n');
    assert.match(lines[0], /^\w*Error: /);
    assert.match(lines[1], /^ {4}at \w+ \(src\/files\/\w+\.ts:\d+\)$/);
    assert.match(lines[lines.length - 2], /^ {4}at read \(cell \d+, line 2\)$/);
    assert.match(lines[lines.length - 1], /^ {4}at cell \d+, line 4$/);
    assert.doesNotMatch(lines.join('\n'), /node_modules|node:|tslab|tsx|evalmachine/);
    assert.ok(!lines.join('\n').includes(projectRoot()));
  });

  it('names the cell of a function that an earlier cell defined', async () => {
    await ok(
      '// a comment\n\ninterface Shape { size: number }\n\nfunction fail(): never { throw new RangeError("too far"); }',
    );
    const result = await kernel.run('const shape: number = 3;\nawait sleep(1);\n\nfail();');
    const numbers = [...written(result, 'stderr').matchAll(/cell (\d+), line (\d+)/g)].map(([, ...at]) =>
      at.map(Number),
    );
    assert.equal(numbers.length, 2, written(result, 'stderr'));
    assert.deepEqual(
      numbers.map(([, line]) => line),
      [5, 4],
    );
    assert.equal(numbers[1][0], numbers[0][0] + 1);
  });

  it('picks up a changed file of src after a restart', async () => {
    const folder = mkdtempSync(join(projectRoot(), 'src', 'scratch-'));
    const file = join(folder, 'answer.ts');
    const question = `import { answer } from '../src/${basename(folder)}/answer';\nconsole.log(answer);`;
    try {
      writeFileSync(file, 'export const answer: number = 1;\n');
      assert.equal(written(await ok(question), 'stdout'), '1\n');
      writeFileSync(file, 'export const answer: number = 2;\n');
      await kernel.restart();
      assert.equal(written(await ok(question), 'stdout'), '2\n');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
