/**
 * Rebuilds the embedded set "pictograms": `node --require tsx/cjs data/pictograms/build/build.ts OPENCLIPART_TAR`
 * after `npm ci` in this folder. The datasheet says where the archive comes from.
 */
import { existsSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TaskDefinition } from '../../../src/data/types';
import { createRandom } from '../../../src/engine/random';
import { type Entry, writeShards } from '../../shards';
import { heldOutPattern, readConcepts } from './concepts';
import { drawStyle, type StyleReport } from './emoji';
import { readOpenClipart } from './openclipart';
import { writePreview } from './preview';
import { fingerprint, nearlyEqual } from './similarity';
import { STYLES, type Style } from './sources';
import { planTasks } from './tasks';

const SEED = 'clipbook pictograms 1';
const TARGET = path.join(__dirname, '..');

async function main(archive: string | undefined): Promise<void> {
  if (!archive || !existsSync(archive)) {
    throw new Error(
      `Expected the OpenClipart archive as the argument, got ${archive ?? 'nothing'}; see the datasheet.`,
    );
  }
  const random = createRandom(SEED);
  const concepts = readConcepts(random.fork('held out'));
  const entries: Entry[] = [];
  const matching: Record<string, StyleReport> = {};
  for (const style of Object.keys(STYLES) as Style[]) {
    const drawn = await drawStyle(style, concepts);
    entries.push(...drawn.entries);
    matching[style] = drawn.report;
  }
  const tested = new Set(entries.filter(({ meta }) => meta.split === 'test').map(({ meta }) => meta.label));
  const { tasks, memberships } = planTasks(concepts.filter(({ label }) => tested.has(label)));
  for (const { meta } of entries) {
    const membership = memberships.get(meta.label);
    if (membership) meta.tasks = membership;
  }
  const openclipart = await readOpenClipart(archive, heldOutPattern(concepts), random.fork('openclipart'));
  entries.push(...openclipart.entries);

  random.fork('order').shuffle(entries);
  const shards: string[] = [];
  for (const split of ['train', 'test'] as const) {
    shards.push(
      ...(await writeShards(
        TARGET,
        split,
        entries.filter(({ meta }) => meta.split === split),
      )),
    );
  }
  writeJson('tasks.json', tasks);
  writeJson('summary.json', {
    shards: Object.fromEntries(shards.map((name) => [name, statSync(path.join(TARGET, name)).size])),
    splits: countBy(entries, ({ meta }) => [meta.split]),
    styles: countBy(entries, ({ meta }) => [`${meta.split}/${meta.style}`]),
    tasks: Object.fromEntries(tasks.map((task) => [task.id, summarise(task, entries)])),
    concepts: concepts.length,
    heldOut: concepts.filter(({ heldOut }) => heldOut).map(({ label }) => label),
    openclipartDropped: openclipart.dropped,
    matching,
    nearDuplicates: await countNearDuplicates(entries),
  });
  await writePreview(path.join(TARGET, 'preview.webp'), entries);
  console.log(`Wrote ${entries.length} pictures in ${shards.length} shards to ${TARGET}.`);
}

function summarise({ id, classes, seen }: TaskDefinition, entries: Entry[]) {
  const members = entries.filter(({ meta }) => meta.tasks?.[id] !== undefined);
  const pictures = countBy(members, ({ meta }) => [meta.split]);
  return { classes: classes.length, seen: seen.filter(Boolean).length, ...pictures };
}

/** How many emoji test pictures have a near-identical twin in training, of the same or of another concept. */
async function countNearDuplicates(entries: Entry[]) {
  const prints = await Promise.all(entries.map(({ image }) => fingerprint(image)));
  const train = entries.flatMap(({ meta }, index) => (meta.split === 'train' ? [index] : []));
  let [sameConcept, otherConcept, tested] = [0, 0, 0];
  const twins: string[] = [];
  entries.forEach(({ key, meta }, index) => {
    if (meta.split !== 'test' || meta.style !== 'fluent') return;
    tested++;
    const alike = train.filter((other) => nearlyEqual(prints[index], prints[other]));
    const same = alike.some((other) => entries[other].meta.label === meta.label);
    if (same) sameConcept++;
    else if (alike.length > 0) otherConcept++;
    if (alike.length > 0) twins.push(key);
  });
  return { tested, sameConcept, otherConcept, keys: twins.sort() };
}

function countBy<T>(items: T[], names: (item: T) => string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of items.flatMap(names).sort()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function writeJson(name: string, value: unknown): void {
  writeFileSync(path.join(TARGET, name), `${JSON.stringify(value, null, 1)}\n`);
}

main(process.argv[2]).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
