import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../data/projectRoot';
import { MINI_SECOND_ORDER, OFFICIAL_SECOND_ORDER } from '../models';
import { type BenchModel, benchModels } from './models';
import { startPeer } from './peer';
import { type BenchOptions, environment, ownCommand, type PeerStart, withPeers } from './processes';
import type { Measured, SpeedRow } from './results';
import { rangeOf, timeInTurn } from './rounds';
import { prepareTraining } from './trainingJob';
import type { StepAnswer, TrainingMethod } from './trainingPeer';

const METHODS: readonly TrainingMethod[] = ['CLIP', 'DALIP', 'ALIP'];
/** Half of what CLIP's step is measured with: three models are in memory. */
const BATCH = 16;

/**
 * What a training step of DALIP (its published heads) and of ALIP (a caption beside every text) costs beside plain CLIP's, in
 * float32 with real captions: each in a process of its own, in turn.
 */
export async function measureMethods(options: BenchOptions): Promise<Measured> {
  const models = benchModels(options.models, options.quick, ['ViT-B-32']);
  const rows: SpeedRow[] = [];
  for (const model of models) rows.push(...(await measureModel({ ...model, batch: BATCH }, options)));
  const official = officialRatio();
  return {
    title: 'Methods',
    unit: 'pairs',
    ratio: 'of CLIP’s time',
    settings: { batch: BATCH },
    rows,
    notes: official
      ? [
          `The official code’s DALIP takes ${official.toFixed(2)} of its CLIP’s time in ViT-B/16 with texts of full length (results/bench/second-order-cost.json).`,
        ]
      : [],
  };
}

async function measureModel(model: BenchModel, options: BenchOptions): Promise<SpeedRow[]> {
  const starts: PeerStart[] = [];
  for (const method of METHODS) {
    const secondOrder = model.name === 'mini' ? MINI_SECOND_ORDER : OFFICIAL_SECOND_ORDER;
    const config = method === 'DALIP' ? { ...model.config, secondOrder } : model.config;
    const job = await prepareTraining(
      { model: { ...model, config }, precision: 'f32', texts: 'real', method },
      options,
    );
    starts.push([method, () => startPeer(ownCommand('trainingOwn.ts', job), environment(options.threads))]);
  }
  return withPeers(starts, async (peers) => {
    const peakMib = new Map<string, number | null>();
    const step = async (by: string) => {
      const answer = await peers.get(by)!.ask<StepAnswer>({});
      peakMib.set(by, answer.peakMib);
      return answer.seconds;
    };
    for (const by of [...peers.keys(), ...peers.keys()]) await step(by); // the first steps of a shape are slow
    const task = (by: string) => `${model.name}, ${by}`;
    const ways = [...peers.keys()].map((by) => ({ task: task(by), by, run: () => step(by) }));
    const timed = await timeInTurn(ways, options.rounds, options.tell);
    const [{ seconds: plain }] = timed;
    return timed.map(({ task, by, seconds }) => ({
      task,
      by: 'clipbook',
      seconds: rangeOf(seconds),
      perSecond: rangeOf(seconds.map((one) => model.batch / one)),
      ...(by !== 'CLIP' && { ratio: rangeOf(seconds.map((one, round) => one / plain[round])) }),
      peakMib: peakMib.get(by),
    }));
  });
}

/** DALIP's training step in units of CLIP's in the official code, where test/bench/secondOrderCost.ts has measured it. */
function officialRatio(): number | undefined {
  const path = join(projectRoot(), 'results', 'bench', 'second-order-cost.json');
  if (!existsSync(path)) return undefined;
  const { ratios }: { ratios: { by: string; passes: string; time: number }[] } = JSON.parse(
    readFileSync(path, 'utf8'),
  );
  return ratios.find(({ by, passes }) => by === 'official' && passes === 'backward')?.time;
}
