import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Runs something long that Ctrl-C (or a scheduler's SIGTERM) should stop in good order: the work is told through its
 * AbortSignal and stops where it can go on later. Then one line says how, and the exit code is 128 + the signal's
 * number, 130 for Ctrl-C. Repeated signals are the same wish: the launcher and the terminal both send them.
 *
 * @param howToResume a sentence, added to what the work said last
 * @param say where it is said; of several processes that stop together one alone says it
 * @returns whether the work came to its end
 */
export async function interruptible(
  work: (signal: AbortSignal) => Promise<void>,
  howToResume: string,
  say: (text: string) => void = (text) => process.stderr.write(text),
): Promise<boolean> {
  const controller = new AbortController();
  let exitCode = 0;
  const stop = (signal: (typeof SIGNALS)[number]) => {
    if (exitCode === 0) say('\nStopping …\n');
    exitCode ||= 128 + constants.signals[signal];
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    await work(controller.signal);
    return true;
  } catch (error) {
    if ((error as Error).name !== 'RunInterruptedError') throw error;
    say(`${(error as Error).message} ${howToResume}\n`);
    process.exitCode = exitCode;
    return false;
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}
