import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { webDatasetTarget } from '../data/writeWebDataset';
import { realTexts } from './benchTexts';
import type { LoadingAnswer, LoadingJob, LoadingRequest } from './loadingPeer';
import { writeJob } from './peer';
import { jpegPictures } from './pictures';
import { type BenchOptions, bothPeers, withPeers } from './processes';
import { type Measured, speedRows } from './results';
import { timeInTurn } from './rounds';

/** Largest difference of a channel's mean, normalised: crops are drawn, so that it is not the same. */
const TOLERANCE = 0.03;
const WORKERS = 2;
const SHARDS = 4;
const SIDE = 224;
const TASK = 'JPEG shards to batches';

/**
 * Pictures a second from WebDataset shards of JPEG files to normalised batches with token ids: decoded, cropped at random and
 * scaled as open_clip does in training; by `streamedData`, and by torch's DataLoader with two workers.
 *
 * @throws when the mean of all pictures differs by more than 0.03 in a channel
 */
export async function measureLoading(options: BenchOptions): Promise<Measured> {
  const batch = options.quick ? 8 : 64;
  const batches = options.quick ? 4 : 16;
  const job: LoadingJob = {
    shards: await makeShards(batch, options),
    side: SIDE,
    batch,
    workers: WORKERS,
    threads: options.threads,
  };
  const path = writeJob(join(options.work, 'loading.json'), job);
  return withPeers(bothPeers('loading.py', 'loadingOwn.ts', path, options), async (peers) => {
    const means = new Map<string, number[]>();
    const peakMib: Record<string, number | null> = {};
    const run = async (by: string, timed: number) => {
      const request: LoadingRequest = { warmUp: SHARDS, batches: timed };
      const answer = await peers.get(by)!.ask<LoadingAnswer>(request);
      means.set(by, answer.mean);
      peakMib[by] = answer.peakMib;
      return answer.seconds;
    };
    for (const by of peers.keys()) await run(by, 1);
    const difference = meanDifference([...means.values()]);
    checkMeans(difference);
    const ways = [...peers.keys()].reverse().map((by) => ({ task: TASK, by, run: () => run(by, batches) }));
    const timed = await timeInTurn(ways, options.rounds, options.tell);
    return {
      title: 'Loading for training',
      unit: 'pictures',
      settings: {
        batch,
        batches,
        pictures: SHARDS * batch,
        jpeg: '500 by 375',
        side: SIDE,
        workers: WORKERS,
      },
      rows: speedRows(timed, { amount: batch * batches, peakMib }),
      ...(peers.size > 1 && { agreement: { 'mean of a channel': Number(difference.toExponential(1)) } }),
      notes: [
        `torch's DataLoader has ${WORKERS} workers, whose memory is not in the figure; clipbook decodes on its own threads.`,
      ],
    };
  });
}

/** Shards of as many samples as a batch, each sample a JPEG and a text. */
async function makeShards(batch: number, { work, pictures }: BenchOptions): Promise<string[]> {
  const paths = await jpegPictures(join(work, 'pictures'), SHARDS * batch, pictures);
  const texts = await realTexts(paths.length);
  const folder = join(work, 'shards');
  mkdirSync(folder, { recursive: true });
  const target = webDatasetTarget(folder, 'loading');
  const shards: string[] = [];
  for (let shard = 0; shard < SHARDS; shard++) {
    const part = target.openPart(shard, shard * batch);
    for (let place = shard * batch; place < (shard + 1) * batch; place++) {
      await part.add({
        key: String(place),
        image: readFileSync(paths[place]),
        texts: [texts[place]],
        meta: {},
      });
    }
    shards.push(...(await part.finish()).map(({ path }) => join(folder, path)));
  }
  return shards;
}

/** The largest difference between two peers' means of a channel; 0 of a single peer. */
function meanDifference([first, ...others]: readonly number[][]): number {
  return Math.max(
    0,
    ...others.flatMap((other) => other.map((mean, channel) => Math.abs(mean - first[channel]))),
  );
}

function checkMeans(difference: number): void {
  if (difference <= TOLERANCE) return;
  throw new Error(
    `Expected pictures whose channels have the same mean within ${TOLERANCE}, but they differ by ` +
      `${difference.toFixed(3)}; nothing was timed.`,
  );
}
