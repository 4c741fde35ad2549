import {
  type Benchmark,
  type BenchmarkFiles,
  type BenchmarkPlaces,
  checkPrompts,
  type OpenBenchmark,
  type OwnDataOptions,
  openBenchmark,
  type Prompts,
  readOwnClasses,
  readOwnTemplates,
} from '../benchmarks';

/** Files of class names and templates to test with, and what to test of one's own data. */
export type OwnPrompts = Pick<OwnDataOptions, 'task' | 'classNames' | 'templates'>;

/**
 * A published set by its id or one's own data by their path, with class names and templates of one's own where given.
 *
 * @throws as `openBenchmark`, `readOwnClasses` and `readOwnTemplates` do; from `prompts`, where names are not as many as classes
 */
export async function openSet(
  idOrPath: string,
  places: BenchmarkPlaces,
  own: OwnPrompts,
): Promise<OpenBenchmark> {
  const opened = await openBenchmark(idOrPath, places, own);
  const { benchmark, folder } = opened;
  const isOwn = benchmark.files.length === 0;
  if (isOwn || benchmark.task !== 'classification' || !(own.classNames || own.templates)) return opened;
  const prompts = async (files: BenchmarkFiles) => replaced(benchmark, await benchmark.prompts(files), own);
  return { benchmark: { ...benchmark, prompts }, folder };
}

function replaced({ id, title }: Benchmark, published: Prompts, own: OwnPrompts): Prompts {
  const classes = own.classNames ? readOwnClasses(own.classNames, id) : published.classes;
  if (classes.length !== published.classes.length) {
    throw new Error(
      `Expected a name for each of ${published.classes.length} classes of ${title} in "${own.classNames}", got ${classes.length}.`,
    );
  }
  if (!own.templates) return { ...published, classes };
  const prompts = { classes, templates: readOwnTemplates(own.templates, id) };
  checkPrompts(prompts, own.templates);
  return prompts;
}
