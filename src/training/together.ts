import type { Communicator } from '../distributed';

/** Errors that every rank throws, so that none waits for another. */
const shared = new WeakSet<object>();

/** Whether every rank throws this error or its like: then all may end in good order. */
export const isShared = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && shared.has(error);

/** Marks an error that every rank throws at the same place. */
export function markShared<T>(error: T): T {
  if (typeof error === 'object' && error !== null) shared.add(error);
  return error;
}

/**
 * What rank 0 decides, done by it alone and told to the others, who wait for it.
 *
 * @param decide gives plain data
 * @throws on every rank what it throws on rank 0; on the others with its name and message alone
 */
export function byFirstRank<T>(communicator: Communicator, decide: () => T): T {
  if (communicator.size === 1) return decide();
  let failed: unknown;
  let said: { value?: T; flaw?: { name: string; message: string } } = {};
  if (communicator.rank === 0) {
    try {
      said = { value: decide() };
    } catch (error) {
      failed = error;
      const { name, message } = error as Error;
      said = { flaw: { name, message } };
    }
  }
  const heard = communicator.broadcast(said);
  if (!heard.flaw) return heard.value as T;
  throw markShared(failed ?? Object.assign(new Error(heard.flaw.message), { name: heard.flaw.name }));
}

/** What each rank does for itself, without a word to the others; an error that all of them have is marked as shared. */
export async function byEachRank<T>(communicator: Communicator, work: () => Promise<T>): Promise<T> {
  const [outcome] = await Promise.allSettled([work()]);
  const failures = ranksSaying(communicator, outcome.status === 'rejected');
  if (outcome.status === 'fulfilled') return outcome.value;
  throw failures === communicator.size ? markShared(outcome.reason) : outcome.reason;
}

/** Whether any rank says yes. */
export function anyRank(communicator: Communicator, yes: boolean): boolean {
  return ranksSaying(communicator, yes) > 0;
}

function ranksSaying({ size, sumInPlace }: Communicator, yes: boolean): number {
  const votes = Float32Array.of(yes ? 1 : 0);
  if (size > 1) sumInPlace(votes);
  return votes[0];
}
