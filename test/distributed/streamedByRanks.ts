import { writeFileSync } from 'node:fs';
import { imagesToPixels } from '../../src/data';
import { openCommunicator } from '../../src/distributed';
import { startEngine } from '../../src/engine';
import { createTokenizer } from '../../src/text';
import { type BatchNeeds, disposeBatch, streamedData } from '../../src/training';

/** What each rank of streaming.test.ts is: reads batches of a stream, and writes its own to `<output>.<rank>`. */
export interface StreamJob {
  shards: string;
  batchSize: number;
  steps: number;
  needs?: BatchNeeds;
  output: string;
}

/** What a rank writes. */
export interface StreamAnswer {
  /** Of all batches, one after the other. */
  keys: string[];
  allKeys: string[];
  pixels: number[];
  views: number[];
  skipped: unknown;
  state: unknown;
}

async function main({ shards, batchSize, steps, needs, output }: StreamJob): Promise<void> {
  await startEngine();
  const communicator = openCommunicator();
  const data = streamedData([{ shards, weight: 1 }], createTokenizer(), {
    ...{ batchSize, seed: 5, imageSize: 8, shuffleBuffer: 20, limitFraction: 1 },
    ...{ needs, ranks: communicator },
  });
  const answer: StreamAnswer = { keys: [], allKeys: [], pixels: [], views: [], skipped: null, state: null };
  for (let step = 0; step < steps; step++) {
    const batch = await data.batch(step);
    answer.keys.push(...batch.keys);
    answer.allKeys.push(...(batch.allKeys ?? batch.keys));
    answer.pixels.push(...imagesToPixels(batch.images));
    for (const view of batch.views ?? []) answer.views.push(...view.images.dataSync());
    disposeBatch(batch);
  }
  answer.skipped = data.skipped();
  answer.state = data.getState?.();
  await data.close();
  writeFileSync(`${output}.${communicator.rank}`, JSON.stringify(answer));
  communicator.close();
}

main(JSON.parse(process.argv[2])).catch((error) => {
  console.error(error);
  process.exit(1);
});
