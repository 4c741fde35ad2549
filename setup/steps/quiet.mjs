import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cache, root } from '../paths.mjs';
import { ask, run } from '../run.mjs';

const source = join(root, 'setup', 'native', 'quiet.c');
const target = join(cache, 'quiet.node');
const stamp = join(cache, 'quiet.c');

/** The few lines of C that keep TensorFlow's notices out of the output while its library loads (`quiet.cjs`). */
export const quiet = {
  doing: 'compiling what keeps the output quiet',
  isDone: () =>
    existsSync(target) && existsSync(stamp) && readFileSync(stamp, 'utf8') === readFileSync(source, 'utf8'),
  async work() {
    const compiler = ['cc', 'gcc', 'clang'].find((name) => ask(name, ['--version']) !== null);
    const linking =
      process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared', '-fPIC'];
    const partial = `${target}.partial`;
    await run('compiling quiet.c', compiler, ['-O2', ...linking, '-o', partial, source]);
    renameSync(partial, target);
    writeFileSync(stamp, readFileSync(source));
  },
};
