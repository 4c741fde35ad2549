import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { resolveModel } from '../inference';
import { createTokenizer } from '../text';
import { idRows } from './benchTexts';
import { largestDifference } from './embedding';
import { openClipSizes } from './models';
import { writeJob } from './peer';
import { type BenchOptions, environment, ownCommand, pythonCommand } from './processes';
import { type Measured, speedRows } from './results';
import { timeInTurn } from './rounds';

/** What start.ts gives the programs it starts, a file of JSON. */
export interface StartJob {
  /** Of the model that comes along, in open_clip's format. */
  sizes: object;
  /** A safetensors file. */
  weights: string;
  text: string;
  /** The same as token ids, `[1][contextLength]`. */
  ids: number[][];
  threads: number;
}

const TASK = 'pictograms, first embedding of a text';
const TOLERANCE = 1e-4;

/**
 * From the start of a process to its end with the embedding of one text, by the small model that comes along: libraries, the
 * tokenizer, the weights. Everything is in the file cache.
 *
 * @throws when the two embeddings differ by more than 1e-4
 */
export async function measureStart({ python, threads, work, rounds, tell }: BenchOptions): Promise<Measured> {
  const { config, weights } = resolveModel({ model: 'pictograms' });
  if (!('path' in weights))
    throw new Error('Expected the weights of "pictograms" in data/pictogram-clip; restore them.');
  const text = 'a red apple';
  const ids = idRows(createTokenizer(config.text).tokenize([text]));
  const job: StartJob = { sizes: openClipSizes(config), weights: weights.path, text, ids, threads };
  const path = writeJob(join(work, 'start.json'), job);
  const commands = new Map([['clipbook', ownCommand('startOwn.ts', path)]]);
  if (python) commands.set('open_clip', pythonCommand(python, 'start.py', path));
  const embed = (by: string) =>
    embeddingFrom(commands.get(by)!, environment(threads, by === 'clipbook' ? by : 'peer'));
  const [own, other] = [...commands.keys()].map(embed);
  const agreement = other && { [TASK]: Number(largestDifference([own], [other]).toExponential(1)) };
  if (agreement && !(agreement[TASK] <= TOLERANCE)) {
    throw new Error(
      `Expected the same embedding within ${TOLERANCE}, but they differ by ${agreement[TASK]}; nothing was timed.`,
    );
  }
  const ways = [...commands.keys()].map((by) => ({
    task: TASK,
    by,
    run: async () => secondsOf(() => embed(by)),
  }));
  return {
    title: 'Start',
    settings: { model: 'pictograms' },
    rows: speedRows(await timeInTurn(ways, rounds, tell)),
    agreement,
    notes: ['From the start of the process to its end, with all files in the cache of the system.'],
  };
}

function embeddingFrom([command, ...args]: string[], env: NodeJS.ProcessEnv): number[] {
  const answer = execFileSync(command, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(answer.trim().split('\n').at(-1)!);
}

function secondsOf(work: () => unknown): number {
  const began = performance.now();
  work();
  return (performance.now() - began) / 1000;
}
