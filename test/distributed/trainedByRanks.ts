import { writeFileSync } from 'node:fs';
import { openCommunicator } from '../../src/distributed';
import { startEngine } from '../../src/engine';
import { type ClipConfig, createClip } from '../../src/models';
import {
  alipObjective,
  clipObjective,
  dalipObjective,
  declipObjective,
  type Objective,
  pictureData,
  startTraining,
  trainSteps,
  withDeclipHeads,
} from '../../src/training';
import { TINY, TINY_RECIPE, tinyPictures, tinyTokenizer } from '../tiny';
import { DECLIP } from '../training/systems/small';

/**
 * What each rank of training.test.ts is: trains a tiny model, and rank 0 writes what came of it. At its start each writes its
 * process's number and its parent's, to `<output>.<rank>`.
 */
export interface RanksJob {
  system: keyof typeof SYSTEMS;
  steps: number;
  batchSize: number;
  chunk?: number;
  localLoss?: boolean;
  output: string;
}

/** What rank 0 writes. */
export interface RanksAnswer {
  size: number;
  losses: number[];
  /** By name: every parameter, running moments included. */
  weights: Record<string, number[]>;
  /** The objective's, as a checkpoint has it. */
  memory: unknown;
  /** This rank handed to the others, a step. */
  bytes: number;
}

const withoutDropout = (config: ClipConfig['secondOrder']): ClipConfig => ({ ...TINY, secondOrder: config });

/** No multiple of a batch: each time it is full, a part of a batch is dropped. */
const DECLIP_QUEUE = 44;

const SYSTEMS = {
  clip: { objective: clipObjective, model: TINY },
  dalip: { objective: dalipObjective, model: withoutDropout({ heads: 2, reduced: 4, dropout: 0 }) },
  'dalip without batch norm': { objective: dalipObjective, model: withoutDropout({ heads: 2, dropout: 0 }) },
  alip: { objective: () => alipObjective({ historyStart: 'firstBatch' }), model: TINY },
  declip: {
    objective: () => declipObjective({ embedDim: TINY.embedDim, queueSize: DECLIP_QUEUE }),
    model: withDeclipHeads(TINY, DECLIP),
  },
} as const satisfies Record<string, { objective: () => Objective; model: ClipConfig }>;

async function main({ system, steps, batchSize, chunk, localLoss, output }: RanksJob): Promise<void> {
  await startEngine();
  const communicator = openCommunicator();
  writeFileSync(`${output}.${communicator.rank}`, JSON.stringify([process.pid, process.ppid]));
  const pictures = tinyPictures(30);
  const { objective: create, model } = SYSTEMS[system];
  const objective: Objective = create();
  const data = pictureData(pictures, tinyTokenizer(), {
    batchSize,
    seed: 0,
    imageSize: TINY.vision.imageSize,
    captionOf: (index) => pictures.texts[index][1],
    needs: objective.needs,
    ranks: communicator,
  });
  const clip = createClip(model, 3);
  const recipe = { ...TINY_RECIPE, learningRate: 1e-3, steps, batchSize, chunk };
  const training = startTraining(clip, objective, recipe, { ranks: communicator, localLoss });
  const losses: number[] = [];
  for await (const { loss } of trainSteps(training, data)) losses.push(loss);
  if (communicator.rank === 0) {
    const weights = Object.fromEntries(
      [...clip.parameters].map(([name, value]) => [name, [...value.dataSync()]]),
    );
    const memory = objective.getState?.();
    const answer: RanksAnswer = {
      size: communicator.size,
      losses,
      weights,
      memory,
      bytes: communicator.bytesSent / steps,
    };
    writeFileSync(output, JSON.stringify(answer));
  }
  communicator.close();
}

main(JSON.parse(process.argv[2])).catch((error) => {
  console.error(error);
  process.exit(1);
});
