import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from 'commander';

/** `clipbook setup`: the same script as `npm run setup`. */
export function register(program: Command): void {
  program
    .command('setup')
    .description('install what is missing: TensorFlow, its binding, JupyterLab, the TypeScript kernel')
    .addHelpText('after', '\nExample:\n  $ clipbook setup')
    .action(() => {
      const script = join(__dirname, '../../setup/setup.mjs');
      process.exitCode = spawnSync(process.execPath, [script], { stdio: 'inherit' }).status ?? 1;
    });
}
