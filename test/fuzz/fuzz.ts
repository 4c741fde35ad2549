import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, type Random } from '../../src/engine/random';
import { watchdog } from './watchdog';

/** A reader and what it is given. */
export interface FuzzTarget<Input extends Buffer | string> {
  /** Sound inputs, of which every mutation is made; read when the test begins. */
  inputs: () => Input[] | Promise<Input[]>;
  mutate: (original: Input, other: Input, random: Random) => Input;
  /** Reads everything there is to read. */
  read: (input: Input) => unknown;
  /** What every refusal says, such as the file's name; none may come where this is absent. */
  says?: RegExp;
}

/** Mutations of each target: two hundred, or ten thousand with CLIPBOOK_SLOW=1. */
const COUNT = process.env.CLIPBOOK_SLOW ? 10_000 : 200;

/** Processor time for one input, which no other process on the machine lengthens. */
const MOST_SECONDS = 2;

/** Milliseconds for one input, on a machine that does much else. */
const WAITED = 20_000;

/** Memory for the bytes of one input's result, beyond its own size many times over. */
const MOST_BYTES = 2 ** 26;

/** How many inputs ended how, and the seconds of the slowest. */
interface Outcome {
  read: number;
  refused: number;
  slowest: number;
}

/**
 * A test that a reader takes any mutation of its inputs: it gives a result or a clear error (`flawOf`), in little time and
 * memory. Each input has a seed of its own, the target's name and the input's number, so that a failure can be had again
 * by itself.
 */
export function itTakesAnything<Input extends Buffer | string>(
  name: string,
  target: FuzzTarget<Input>,
): void {
  it(`${name} is read, or refused in a sentence`, async function () {
    this.timeout(600_000);
    const inputs = await target.inputs();
    for (const input of inputs) await target.read(input);
    const outcome: Outcome = { read: 0, refused: 0, slowest: 0 };
    const flaws = new Map<string, string>();
    const dog = watchdog(name, 3 * WAITED);
    try {
      for (let i = 0; i < COUNT; i++) {
        dog.beat(i);
        const random = createRandom(`${name} ${i}`);
        const input = target.mutate(inputs[i % inputs.length], random.pick(inputs), random);
        const flaw = await flawIn(input, target, outcome);
        if (flaw) flaws.set(flaw.split('\n')[0].slice(0, 60), `input ${i}, ${describe(input)}: ${flaw}`);
      }
    } finally {
      await dog.stop();
    }
    assert.equal(flaws.size, 0, [...flaws.values()].slice(0, 10).join('\n\n'));
    assert.ok(outcome.read > 0, `no input was read: ${JSON.stringify(outcome)}`);
    assert.ok(outcome.refused > 0 === (target.says !== undefined), JSON.stringify(outcome));
    const { read, refused, slowest } = outcome;
    if (process.env.CLIPBOOK_SLOW)
      console.log(`      ${read} read, ${refused} refused, slowest ${slowest} s`);
  });
}

/** Reads one input: what is wrong with what came, if anything. */
async function flawIn<Input extends Buffer | string>(
  input: Input,
  { read, says }: FuzzTarget<Input>,
  outcome: Outcome,
): Promise<string | undefined> {
  const before = { time: process.cpuUsage(), bytes: process.memoryUsage().arrayBuffers };
  let flaw: string | undefined;
  try {
    await inTime(read(input));
    outcome.read++;
  } catch (error) {
    outcome.refused++;
    flaw = says ? flawOf(error, says) : `it was refused: ${(error as Error).stack}`;
  }
  const { user, system } = process.cpuUsage(before.time);
  const seconds = (user + system) / 1e6;
  outcome.slowest = Math.max(outcome.slowest, seconds);
  const bytes = process.memoryUsage().arrayBuffers - before.bytes;
  if (seconds > MOST_SECONDS) return `it took ${seconds} s`;
  if (bytes > MOST_BYTES + 64 * input.length) return `it took ${bytes} bytes`;
  return flaw;
}

/** What waits for something that never comes takes no processor time. */
async function inTime(result: unknown): Promise<void> {
  const timer = new AbortController();
  const late = sleep(WAITED, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`nothing came within ${WAITED} ms`);
  });
  try {
    await Promise.race([result, late]);
  } finally {
    timer.abort();
    late.catch(() => {});
  }
}

/** Errors of our own, which end as the command line shows them. */
const NAMES = ['Error', 'ValueError', 'BadSampleError', 'TooManyBadSamplesError'];

/** What engines and libraries say from the depths. */
const DEPTHS =
  /undefined|(?<!got )NaN|\[object |is not (a function|iterable|defined|a constructor)|Cannot (read|convert|destructure|use)|The value of "|ERR_|EISDIR|Invalid (array|typed|string|count|time)|call stack|must be of type|Reduce of/;

/** Where an error is no clear one: one sentence of ours, on one line, that says which file it is about. */
export function flawOf(error: unknown, says: RegExp): string | undefined {
  const { name, message, stack } = error as Error;
  if (!(error instanceof Error && NAMES.includes(name))) return `a ${name}: ${stack}`;
  return sentenceFlaw(message, says) && `${sentenceFlaw(message, says)}: ${stack}`;
}

export function sentenceFlaw(message: string, says: RegExp): string | undefined {
  if (!says.test(message)) return `it does not say ${says}, but ${JSON.stringify(message)}`;
  if (!/^(["A-Z]|the given bytes ).*[.?]$/su.test(message)) return `no sentence: ${JSON.stringify(message)}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they change the terminal on which the sentence is shown
  if (/[\0-\x1f\x7f]/.test(message)) return `not on one line: ${JSON.stringify(message)}`;
  if (message.length > 2000) return `${message.length} letters: ${message.slice(0, 500)}`;
  const depths = DEPTHS.exec(message);
  return depths ? `it says "${depths[0]}": ${message}` : undefined;
}

function describe(input: Buffer | string): string {
  const text = typeof input === 'string' ? JSON.stringify(input) : `base64 ${input.toString('base64')}`;
  return text.length <= 1000 ? text : `${input.length} long`;
}
