import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ProfileName } from '../experiments/experiment';

const HELP = `
A captioner after LightCap: the image tower of a CLIP, frozen; the concepts nearest to the picture, named by the CLIP's text
tower from the words of the training descriptions; a gate by which they open and close the tower's channels; a decoder of two
layers with three prediction heads. First the CLIP is trained on the embedded pictograms, then each captioner on its features.

Arms: grid (no concepts), concepts, gated (the published design: concepts and gate), random (concepts drawn without a view of
the picture, the control). Their captions of a drawing style that training never had are scored by BLEU-4 and CIDEr.

An interrupted run goes on where it stopped when the same command is given again; runs can be shared out by --arms and
--seeds, and the same command without them writes the table over all.

--halves also trains two captioners on one half of the training pictures each (all pictures of a label in the same half, towers
of their own) and lets each caption the other half: captions.jsonl for ALIP, of captioners that never saw what they describe.

Examples:
  $ clipbook captioner
  $ clipbook captioner --profile mini --arms gated --seeds 0 --publish data/captioner/captioner.safetensors
  $ clipbook captioner --profile mini --halves`;

/** `clipbook captioner`: trains the captioners and scores them. */
export function register(program: Command): void {
  program
    .command('captioner')
    .description('train small captioners on the embedded pictograms, score them, write results')
    .addOption(
      new Option('-p, --profile <name>', 'the budget: a minute that shows that everything runs, or the table')
        .choices(['quick', 'mini'])
        .default('quick'),
    )
    .option('--arms <ids>', 'which captioners, separated by commas; all unless given', listed)
    .option('--seeds <numbers>', 'which seeds, separated by commas; the profile’s unless given', numbers)
    .option('--halves', 'also caption each half of the training pictures by a captioner of the other')
    .option('--publish <file>', 'copy the captioner "gated" with seed 0 there')
    .option('-o, --output <folder>', 'where results go', 'results')
    .option('--json', 'print the scores as JSON')
    .addHelpText('after', HELP)
    .action(captioner);
}

interface CaptionerOptions {
  profile: ProfileName;
  arms?: string[];
  seeds?: number[];
  halves?: boolean;
  publish?: string;
  output: string;
  json?: boolean;
}

function listed(text: string): string[] {
  return text.split(',').map((id) => id.trim());
}

function numbers(text: string): number[] {
  if (/^\d+(,\d+)*$/.test(text)) return text.split(',').map(Number);
  throw new InvalidArgumentError('It must be whole numbers, separated by commas.');
}

async function captioner({ profile, output, json, ...chosen }: CaptionerOptions): Promise<void> {
  const { BadInputCounter } = require('../data') as typeof import('../data');
  const { runCaptionerExperiment } =
    require('../experiments/captioner') as typeof import('../experiments/captioner');
  const { createProgress, renderText } = require('../report') as typeof import('../report');
  const { startEngine } = require('../engine') as typeof import('../engine');
  const { interruptible } = require('./interrupt') as typeof import('./interrupt');

  await startEngine();
  const progress = createProgress();
  const counter = new BadInputCounter();
  const run = async (signal: AbortSignal) => {
    const { folder, table, runs } = await runCaptionerExperiment({
      ...chosen,
      profileName: profile,
      root: output,
      counter,
      signal,
      onStage: progress.stage,
      onStep: progress.update,
    });
    progress.done();
    const scores = runs.map(({ worst, examples, ...rest }) => rest);
    console.log(json ? JSON.stringify({ folder, runs: scores }) : `${renderText(table)}\nResults: ${folder}`);
  };
  await interruptible(run, 'The same command goes on from there.').finally(progress.stop);
}
