import { availableParallelism, cpus } from 'node:os';

/** The kind of machine, without its name: what a reader needs to judge a time. */
export function machineKind(): string {
  const model =
    cpus()[0]
      ?.model.replace(/\s+/g, ' ')
      .replace(/\(R\)|\(TM\)|CPU|@.*/g, '')
      .trim() || 'unknown processor';
  return `${availableParallelism()} cores, ${model.replace(/\s+/g, ' ')}`;
}
