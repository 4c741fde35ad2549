import type { EmbeddingInput } from '../inference';
import type { Progress } from '../report';

/** How many damaged pictures are named on the terminal; the list beside the matrix names all. */
const NAMED = 20;
const SECONDS_BETWEEN_LINES = 10;

/** A bar where the number of inputs is known beforehand; elsewhere a line now and then. */
export function progressOf(progress: Progress, input: EmbeddingInput): (done: number) => void {
  const pictures = 'pictures' in input ? input.pictures : undefined;
  if (Array.isArray(pictures)) {
    progress.stage('embed pictures', pictures.length);
    return (done) => progress.update(done);
  }
  const what = pictures ? 'pictures' : 'texts';
  let last = Date.now();
  return (done) => {
    if (Date.now() - last < SECONDS_BETWEEN_LINES * 1000) return;
    last = Date.now();
    progress.note(`${done} ${what} are embedded`);
  };
}

/** Names the first damaged pictures. */
export function namedNotes(progress: Progress): (message: string) => void {
  let count = 0;
  return (message) => {
    if (++count <= NAMED) progress.note(message);
    else if (count === NAMED + 1) progress.note('More pictures are damaged; the list names all.');
  };
}
