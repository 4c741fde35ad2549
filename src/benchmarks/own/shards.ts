import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BadInputCounter, BadSampleError } from '../../data';
import { expandShards } from '../../data/shards';
import { readTarShard } from '../../data/webdataset';
import { captionLines, labelIn, type OwnPicture, type OwnSource } from './source';

/**
 * The samples of WebDataset shards (see `readWebDataset`), with classes in `.cls` members or in their JSON members, or with
 * captions in `.txt` or JSON members. In a folder with CLIP_benchmark's `nshards.txt` the shards are `0.tar`, `1.tar`, …; in
 * any other all there are. Keys are `<shard>/<key>`.
 *
 * @param shards a file, a folder, a brace pattern or a glob
 * @throws Error where there is no shard, or no sample in them; while reading, where one is missing or damaged
 */
export async function shardSource(shards: string): Promise<OwnSource> {
  const files = expandShards(numbered(shards));
  const name = `"${shards}"`;
  const read = (absent: (key: string) => void) => readSamples(files, absent);
  const first = (await read(() => {}).next()).value as OwnPicture | undefined;
  if (!first) throw new Error(`Expected pictures in ${name}, but found none; are these WebDataset shards?`);
  return {
    name,
    has: { labels: first.label !== undefined, captions: first.texts.length > 0 },
    ordered: false,
    numbered: /^\d+$/.test(first.label ?? ''),
    async labels() {
      const labels = new Set<string>();
      for await (const { label } of read(() => {})) if (label !== undefined) labels.add(label);
      return labels;
    },
    pictures: read,
  };
}

/** CLIP_benchmark numbers shards without zeros in front and says how many there are. */
function numbered(shards: string): string {
  const count = join(shards, 'nshards.txt');
  if (!existsSync(count)) return shards;
  const text = readFileSync(count, 'utf8').trim();
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`Expected a number of shards in "${count}", got "${text}".`);
  return join(shards, `{0..${Number(text) - 1}}.tar`);
}

async function* readSamples(
  files: readonly string[],
  absent: (key: string) => void,
): AsyncGenerator<OwnPicture> {
  for (const file of files) {
    const counter = new ShardFaults(basename(file), absent);
    for await (const { key, image, texts, meta } of readTarShard(file, { counter })) {
      if (Number.isNaN(meta.cls)) {
        throw new Error(
          `Expected a number in "${key}.cls" of "${file}"; write labels from 0 and a classnames.txt.`,
        );
      }
      yield { key: `${basename(file)}/${key}`, image, label: labelIn(meta), texts: captionLines(texts) };
    }
  }
}

/** A test set is whole or refused: a sample without a picture is told, any other fault is an error at once. */
class ShardFaults extends BadInputCounter {
  constructor(
    private readonly shard: string,
    private readonly absent: (key: string) => void,
  ) {
    super();
  }

  override saw(): void {}

  override skip(error: unknown): void {
    if (!(error instanceof BadSampleError)) throw error;
    if (error.kind !== 'missing-picture') throw new Error(`${error.message} Get or make the shard again.`);
    this.absent(`${this.shard}/${error.key}`);
  }
}
