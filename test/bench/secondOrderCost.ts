import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machineKind } from '../../src/engine/machine';
import type { Cost, Work } from './ownCost';

/**
 * What the second-order heads cost beside plain CLIP, in this project and in the official code: time and largest resident
 * memory, forward and with the backward pass, at the published size (ViT-B/16, 224 px, 77 tokens).
 *
 *     node setup/launch.mjs --require tsx/cjs test/bench/secondOrderCost.ts CHECKOUT [--python PYTHON] [--out FILE]
 *
 * CHECKOUT is a copy of https://github.com/XavierHeart/DALIP; PYTHON has torch and open_clip_torch. Every case runs in a
 * process of its own, ours and theirs, CLIP and DALIP in turn, and in the other order every second round. The figures mean
 * something only where the machine has nothing else to do. Linux only.
 */

const IMPLEMENTATIONS = ['ours', 'official'] as const;
const MODELS = ['clip', 'dalip'] as const;
const PASSES = ['forward', 'backward'] as const;

type Implementation = (typeof IMPLEMENTATIONS)[number];
type Case = Pick<Work, 'model' | 'passes'> & { by: Implementation };

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: 'string', default: 'python3' },
    out: { type: 'string', default: join(__dirname, 'secondOrderCost.json') },
    batch: { type: 'string', default: '8' },
    steps: { type: 'string', default: '5' },
    warmup: { type: 'string', default: '2' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '2' },
  },
});
const checkout = positionals[0];
if (!checkout)
  throw new Error('Expected the path of a copy of the official DALIP repository as an argument.');
const [batch, steps, warmup, threads, rounds] = (
  ['batch', 'steps', 'warmup', 'threads', 'rounds'] as const
).map((name) => Number(options[name]));

/** Runs one case in a process of its own. */
function measure({ by, model, passes }: Case): Cost {
  const work: Work = { model, passes, batch, steps, warmup };
  const own = [...process.execArgv, '--expose-gc', join(__dirname, 'ownCost.ts'), JSON.stringify(work)];
  const sizes = ['--batch', batch, '--steps', steps, '--warmup', warmup, '--threads', threads].map(String);
  const script = join(__dirname, 'second_order_cost.py');
  const theirs = ['-W', 'ignore', script, checkout, '--model', model, '--passes', passes];
  const [command, args] = by === 'ours' ? [process.execPath, own] : [options.python!, [...theirs, ...sizes]];
  const count = String(threads);
  const env = { ...process.env, OMP_NUM_THREADS: count, TF_NUM_INTRAOP_THREADS: count };
  const answer = execFileSync(command, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(answer.trim().split('\n').at(-1)!);
}

const median = (values: number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

const cases: Case[] = PASSES.flatMap((passes) =>
  MODELS.flatMap((model) => IMPLEMENTATIONS.map((by) => ({ by, model, passes }))),
);
const costs = new Map<string, Cost[]>();
const keyOf = ({ by, model, passes }: Case) => `${by} ${model} ${passes}`;
for (let round = 0; round < rounds; round++) {
  for (const one of round % 2 ? [...cases].reverse() : cases) {
    const cost = measure(one);
    costs.set(keyOf(one), [...(costs.get(keyOf(one)) ?? []), cost]);
    const time = median(cost.milliseconds).toFixed(0);
    console.log(`${keyOf(one)}: ${time} ms, ${cost.peakMib.toFixed(0)} MiB`);
  }
}

const results = cases.map((one) => {
  const found = costs.get(keyOf(one))!;
  const milliseconds = median(found.flatMap((cost) => cost.milliseconds));
  return { ...one, milliseconds, peakMib: median(found.map((cost) => cost.peakMib)), runs: found };
});
const ratios = PASSES.flatMap((passes) =>
  IMPLEMENTATIONS.map((by) => {
    const [clip, dalip] = MODELS.map(
      (model) => results.find((one) => one.by === by && one.model === model && one.passes === passes)!,
    );
    return { by, passes, time: dalip.milliseconds / clip.milliseconds, memory: dalip.peakMib / clip.peakMib };
  }),
);
for (const { by, passes, time, memory } of ratios) {
  console.log(
    `${by}, ${passes}: DALIP takes ${time.toFixed(3)} of CLIP's time, ${memory.toFixed(3)} of its memory`,
  );
}
const settings = { batch, steps, warmup, threads, rounds, machine: machineKind() };
writeFileSync(options.out!, `${JSON.stringify({ settings, ratios, results }, null, 2)}\n`);
