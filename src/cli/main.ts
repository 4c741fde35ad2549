import { Command } from 'commander';
import { version } from '../../package.json';
import { register as bench } from './bench';
import { register as caption } from './caption';
import { register as captioner } from './captioner';
import { register as classify } from './classify';
import { register as compare } from './compare';
import { register as data } from './data';
import { register as doctor } from './doctor';
import { register as embed } from './embed';
import { register as evaluate } from './evaluate';
import { fail } from './fail';
import { register as reproduce } from './reproduce';
import { register as results } from './results';
import { register as search } from './search';
import { register as setup } from './setup';
import { register as sweep } from './sweep';
import { register as train } from './train';

/**
 * One file per verb. A file requires what it computes with inside its action, so that `--help` answers at once;
 * `require`, because `import()` would load a second copy of modules that are loaded already.
 */
const verbs = [
  setup,
  doctor,
  reproduce,
  results,
  train,
  sweep,
  data,
  caption,
  captioner,
  embed,
  classify,
  search,
  evaluate,
  compare,
  bench,
];

/** The whole command line: every verb with its options, `--version`, `--help` and `--verbose`. */
export function createProgram(): Command {
  const program = new Command('clipbook')
    .description('A laboratory for contrastive language-image pre-training.')
    .version(version)
    .option('--verbose', 'show the stack trace of an error')
    .showHelpAfterError('(add --help for examples)');
  for (const register of verbs) register(program);
  return program;
}

/**
 * Runs one command line; an error becomes one sentence on stderr and exit code 1.
 *
 * @param argv as `process.argv`: Node, the script, then the arguments.
 */
export async function main(argv: string[]): Promise<void> {
  process.stdout.on('error', leaveQuietly);
  const program = createProgram();
  try {
    await program.parseAsync(argv);
  } catch (error) {
    fail(error, program.opts().verbose);
  }
}

/** The reader of a pipe went away (`clipbook … | head`): nobody is left to tell. */
function leaveQuietly(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit();
  throw error;
}
