import type { Command } from 'commander';
import type { BenchmarkPlaces } from '../benchmarks/places';

/** Options of every verb that looks for published files on this machine. */
export interface PlaceOptions extends BenchmarkPlaces {
  json?: boolean;
}

export function withPlaceOptions(command: Command): Command {
  return command
    .option(
      '--cache <folder>',
      "where downloaded files are (default: CLIPBOOK_CACHE, else the user's caches)",
    )
    .option('--data <folder>', 'where benchmarks are, each in a folder named by its id (default: the cache)')
    .option('--json', 'print JSON');
}
