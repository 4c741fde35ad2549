import type { Share } from '../distributed';
import type { Progress } from '../report';

/** Shows nothing. */
export const SILENCE: Progress = {
  stage: () => {},
  skip: () => {},
  update: () => {},
  note: () => {},
  done: () => {},
  stop: () => {},
};

/**
 * The progress of a part: of processes that were launched together the first alone has a display, and the others name
 * what they note; one that was asked for its part by hand has a terminal of its own.
 */
export function progressOfPart({ part, of }: Share, asked?: Share): Progress {
  const { createProgress } = require('../report') as typeof import('../report');
  if (of === 1 || part === 0 || asked) return createProgress();
  return { ...SILENCE, note: (text) => process.stderr.write(`${part + 1}/${of}: ${text}\n`) };
}
