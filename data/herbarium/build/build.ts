/** Rebuilds the embedded set "herbarium": `node --require tsx/cjs data/herbarium/build/build.ts`. */
import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createRandom } from '../../../src/engine/random';
import { type Entry, writeShards } from '../../shards';
import type { Split } from './factors';
import { writePreview } from './preview';
import { digest, encode, seed, specimens } from './specimens';
import { controlReport, type Labelled } from './statistics';
import { plans, taskDefinitions } from './tasks';

const target = path.join(__dirname, '..');

async function main(): Promise<void> {
  const all: Entry[] = [];
  const shards: Record<string, number> = {};
  const digests: Record<string, string> = {};
  const control: Record<Split, Labelled[]> = { train: [], test: [] };
  for (const split of ['train', 'test'] as const) {
    const entries: Entry[] = [];
    for (const specimen of specimens(split)) {
      const { key, meta, drawing } = specimen;
      entries.push({ key, image: await encode(specimen), meta });
      if (key.endsWith('-00-train-000')) digests[key] = digest(specimen);
      if ('pixels' in drawing) {
        control[split].push({ pixels: drawing.pixels, label: meta.tasks?.['texture-control'] ?? -1 });
      }
    }
    createRandom(`${seed} ${split} order`).shuffle(entries);
    for (const name of await writeShards(target, split, entries)) {
      shards[name] = statSync(path.join(target, name)).size;
    }
    all.push(...entries);
  }
  writeJson('tasks.json', taskDefinitions());
  writeJson('summary.json', {
    shards,
    ...summarise(all),
    digests,
    control: controlReport(control.train, control.test),
  });
  await writePreview(path.join(target, 'preview.webp'), all);
  console.log(`Wrote ${all.length} pictures to ${target}.`);
}

/** Counts by split, task and background, and how many texts occur once only. */
function summarise(entries: Entry[]) {
  const count = (names: string[]) => {
    const counts: Record<string, number> = {};
    for (const name of names.sort()) counts[name] = (counts[name] ?? 0) + 1;
    return counts;
  };
  const tasks = plans.map(({ id, classes }) => {
    const members = entries.filter(({ meta }) => meta.tasks?.[id] !== undefined);
    const seen = classes.filter((entry) => entry.seen).length;
    return [id, { classes: classes.length, seen, ...count(members.map(({ meta }) => meta.split)) }] as const;
  });
  return {
    splits: count(entries.map(({ meta }) => meta.split)),
    styles: count(entries.map(({ meta }) => `${meta.split}/${meta.style}`)),
    tasks: Object.fromEntries(tasks),
    distinctTexts: new Set(entries.map(({ meta }) => meta.text)).size,
    distinctDescriptions: new Set(entries.map(({ meta }) => meta.description)).size,
  };
}

function writeJson(name: string, value: unknown): void {
  writeFileSync(path.join(target, name), `${JSON.stringify(value, null, 1)}\n`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
