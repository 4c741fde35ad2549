const WIDTH = 11;

/**
 * Does one step of set-up and says so: a line when it starts and one when it is done, or one line if nothing is to do.
 *
 * @param {string} name the step in one word
 * @param {{ isDone: () => boolean, doing: string, work: () => Promise<void> }} step
 */
export async function step(name, { isDone, doing, work }) {
  const line = (text) => console.log(`  ${name.padEnd(WIDTH)} ${text}`);
  if (isDone()) return line('already there');
  const start = performance.now();
  line(`${doing} …`);
  await work();
  line(`done in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

/** Prints a warning in a box on stderr, broken into lines of at most 76 characters. */
export function warn(text) {
  const lines = [''];
  for (const word of `WARNING: ${text}`.split(' ')) {
    const last = lines[lines.length - 1];
    if (last && last.length + word.length + 1 > 76) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  const width = Math.max(...lines.map((line) => line.length));
  const rule = '─'.repeat(width + 2);
  console.error(`┌${rule}┐\n${lines.map((line) => `│ ${line.padEnd(width)} │\n`).join('')}└${rule}┘`);
}
