/**
 * Ends a command that cannot go on: the error's sentence on stderr, exit code 1 once everything is written.
 *
 * @param error what was thrown; its message is expected to be one sentence (what was expected, what came, what to do).
 * @param verbose also prints the stack, and the causes behind it.
 */
export function fail(error: unknown, verbose = false): void {
  const sentence = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${sentence || 'The command failed without saying why.'}\n`);
  if (verbose) process.stderr.write(`\n${traceOf(error)}\n`);
  process.exitCode = 1;
}

function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by: ${traceOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
