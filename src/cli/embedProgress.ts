import { type Share, sizeOfShare, WHOLE } from '../distributed';
import type { EmbeddingInput, MissingPart } from '../inference';
import type { Progress } from '../report';

/** How many damaged pictures are named on the terminal; the list beside the matrix names all. */
const NAMED = 20;
const SECONDS_BETWEEN_LINES = 10;

/** A bar where the number of inputs is known beforehand; elsewhere a line now and then. */
export function progressOf(
  progress: Progress,
  input: EmbeddingInput,
  { share, batchSize }: { share: Share; batchSize: number } = { share: WHOLE, batchSize: 1 },
): (done: number) => void {
  const pictures = 'pictures' in input ? input.pictures : undefined;
  if (Array.isArray(pictures)) {
    progress.stage('embed pictures', sizeOfShare(pictures.length, share, batchSize));
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

/** What others have yet to do, in sentences; none where nothing is missing. */
export function missingNotes(missing: readonly MissingPart[]): string[] {
  if (missing.length === 0) return [];
  const named = (state: MissingPart['state']) =>
    missing
      .filter((one) => one.state === state)
      .map(({ part }) => part)
      .join(', ');
  const notes = [
    [named('atWork'), 'still at work'],
    [named('stopped'), 'stopped on the way: start it again'],
    [named('notBegun'), 'not begun'],
  ];
  const found = notes.filter(([parts]) => parts !== '').map(([parts, state]) => `${parts} (${state})`);
  return [`Missing: ${found.join('; ')}. Whoever ends last puts the parts together.`];
}
