import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom, type Random } from '../../src/engine/random';
import { listCheckpoints } from '../../src/training/checkpoint';
import { readMetrics } from '../../src/training/metricsLog';
import { temporaryFolder, wholeSamples, writeShard } from '../data/fixtures';
import { TINY } from '../tiny';

const SLOW = Boolean(process.env.CLIPBOOK_SLOW);
/** Kills of each kind of run: 52 in all, or 4 of one kind in the fast suite. */
const KILLS = SLOW ? 13 : 4;
/** A run that was killed so often may end, and another begins. */
const KILLS_OF_A_RUN = 5;
const STEPS = 18;
const PICTURES = 13;

/** When a run dies: in place of its so manieth operation on files, or some milliseconds after it has said something. */
type Death = { operation: number } | { line: string; after: number };

interface Ending {
  said: string;
  errors: string;
  signal: NodeJS.Signals | null;
}

describe('a run that is killed at random moments', function () {
  this.timeout(600_000);
  const folder = temporaryFolder();
  const random = createRandom('kills');

  before(async () => {
    const members = await wholeSamples(0, PICTURES);
    const texts = Object.keys(members).filter((name) => name.endsWith('.txt'));
    for (const name of texts)
      members[name.replace('.txt', '.json')] = `{"description": "a ${members[name]}"}`;
    const sorted = Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1));
    await writeShard(join(folder, 'pairs.tar'), Object.fromEntries(sorted));
  });

  const RUNS: [name: string, objective: unknown, stream: boolean][] = [
    ['CLIP in memory', 'clip', false],
    ['CLIP streamed', 'clip', true],
    ['ALIP in memory', { name: 'alip', historyStart: 'firstBatch' }, false],
    ['ALIP streamed', { name: 'alip', historyStart: 'firstBatch' }, true],
  ];
  for (const [name, objective, stream] of SLOW ? RUNS : RUNS.slice(-1)) {
    it(`ends as if undisturbed: ${name}`, async () => {
      const config = join(folder, `${name}.json`);
      writeFileSync(config, JSON.stringify(configOf(folder, objective, stream)));
      const undisturbed = join(folder, `${name}, whole`);
      const { said } = await endOf(config, undisturbed);
      const operations = Number(/operations (\d+)/.exec(said)![1]);

      for (let kills = 0, run = 0; kills < KILLS; run++) {
        const root = join(folder, `${name}, killed ${run}`);
        const most = Math.min(KILLS - kills, KILLS_OF_A_RUN);
        kills += await killRepeatedly(config, root, most, () => deathFrom(random, operations));
        const { signal, errors } = await endOf(config, root);
        assert.equal(signal, null, errors);
        assert.deepEqual(leftOf(root), leftOf(undisturbed));
      }
    });
  }
});

function configOf(folder: string, objective: unknown, stream: boolean): Record<string, unknown> {
  return {
    name: 'run',
    data: {
      shards: join(folder, 'pairs.tar'),
      textFields: ['description'],
      ...(stream && { stream, shuffleBuffer: 4 }),
    },
    objective,
    model: TINY,
    recipe: { steps: STEPS, batchSize: 4, learningRate: 0.01 },
    checkpointEvery: 3,
    keepCheckpoints: { last: 2, every: 9 },
    logEvery: 1,
  };
}

/** @returns how often: a run that is quicker than its death ends */
async function killRepeatedly(
  config: string,
  root: string,
  most: number,
  nextDeath: () => Death,
): Promise<number> {
  for (let kills = 0; kills < most; kills++) {
    const { signal, errors } = await endOf(config, root, nextDeath());
    if (signal === 'SIGKILL') continue;
    assert.equal(errors, '');
    return kills;
  }
  return most;
}

/** Half of the deaths come at operations on files, the others while starting and in steps, by the clock. */
function deathFrom(random: Random, operations: number): Death {
  return random.pick<Death>([
    { operation: 1 + random.integer(operations) },
    { operation: 1 + random.integer(operations) },
    { line: `step ${1 + random.integer(STEPS)}\n`, after: 5 * random.uniform() },
    { line: '', after: 2000 * random.uniform() },
  ]);
}

function endOf(config: string, root: string, death?: Death): Promise<Ending> {
  mkdirSync(root, { recursive: true });
  const args = ['--require', 'tsx/cjs', join(__dirname, 'trainedRun.ts'), config, root];
  if (death && 'operation' in death) args.push(String(death.operation));
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ending: Ending = { said: '', errors: '', signal: null };
  let isDue = false;
  const look = () => {
    if (isDue || !death || 'operation' in death || !ending.said.includes(death.line)) return;
    isDue = true;
    setTimeout(() => child.kill('SIGKILL'), death.after);
  };
  look();
  child.stdout.on('data', (chunk) => {
    ending.said += chunk;
    look();
  });
  child.stderr.on('data', (chunk) => {
    ending.errors += withoutTensorFlow(String(chunk));
  });
  return new Promise((resolve) => child.on('close', (_, signal) => resolve({ ...ending, signal })));
}

/** What the library says when it is loaded is no error. */
function withoutTensorFlow(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^(WARNING: All log|I0000|$)/.test(line))
    .join('\n');
}

/** All that a run leaves but for what the clock decides. */
function leftOf(root: string): unknown {
  const path = join(root, 'train/runs/run');
  const checkpoints = join(path, 'checkpoints');
  const manifests = listCheckpoints(checkpoints).map((file) => {
    const { extra, ...manifest } = JSON.parse(readFileSync(file, 'utf8'));
    return { ...manifest, objective: extra.objective, data: extra.data?.next };
  });
  return {
    metrics: readMetrics(join(path, 'metrics.jsonl')).map(({ pairsPerSecond, ...record }) => record),
    manifests, // with a checksum of each file of tensors
    files: readdirSync(checkpoints),
    others: readdirSync(path).filter((name) => !name.startsWith('owner-')),
  };
}
