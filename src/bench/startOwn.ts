import { readFileSync } from 'node:fs';
import { loadClip } from '../inference';
import type { StartJob } from './start';

/** clipbook as start.ts starts it: loads the model that comes along, embeds a text, says so, ends. */
async function main(): Promise<void> {
  const { text }: StartJob = JSON.parse(readFileSync(process.argv[2], 'utf8'));
  const clip = await loadClip('pictograms');
  const { values } = await clip.encodeTexts([text]);
  process.stdout.write(`${JSON.stringify([...values])}\n`);
}

main();
