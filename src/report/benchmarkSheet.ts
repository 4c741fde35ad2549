import type { Benchmark, BenchmarkPicture, ClassMetric, Prompts, Survey } from '../benchmarks';
import { BadSampleError } from '../data/badInput';
import { preprocessPixels } from '../data/preprocess';
import { contactSheet } from './contactSheet';
import type { Fact } from './definitions';
import type { Picture } from './pictures';

/** Decoded pictures have twice the side that they have on the page. */
const SIDE = 320;

/** A page with pictures of a benchmark. */
export interface BenchmarkSheet {
  html: string;
  /** A sentence for each kept picture that cannot be decoded. */
  damaged: string[];
}

/**
 * A contact sheet of the pictures that a survey kept, each with its class or its captions, below the number of pictures of
 * each class, the licence and whom to cite. It carries its pictures along and opens without a network.
 *
 * @param prompts of a classification benchmark
 */
export async function benchmarkSheet(
  benchmark: Benchmark,
  survey: Survey,
  prompts?: Prompts,
): Promise<BenchmarkSheet> {
  const pictures: Picture[] = [];
  const captions: string[] = [];
  const damaged: string[] = [];
  for (const one of survey.kept) {
    try {
      pictures.push(await decoded(one));
    } catch (error) {
      if (!(error instanceof BadSampleError)) throw error;
      damaged.push(error.message);
      continue;
    }
    const told = 'texts' in one ? one.texts : [nameOf(prompts, one.label)];
    captions.push([...told, one.key].join('\n'));
  }
  const title = `${benchmark.title}, ${survey.split}`;
  const section = {
    title: `${pictures.length} of ${survey.pictures} pictures, drawn with seed ${survey.seed}`,
    pictures,
    captions,
  };
  const perClass = survey.perClass.map((number, label): Fact => [nameOf(prompts, label), number]);
  const lists = perClass.length ? [{ title: 'Pictures of each class', facts: perClass }] : [];
  const html = await contactSheet(title, [section], {
    facts: facts(benchmark, survey, prompts, damaged),
    lists,
  });
  return { html, damaged };
}

/** The class of a label, by its number where it has no name. */
const nameOf = (prompts: Prompts | undefined, label: number) => prompts?.classes[label] ?? `class ${label}`;

async function decoded({ image, key }: BenchmarkPicture): Promise<Picture> {
  if (typeof image === 'object' && 'data' in image && image.width === image.height) {
    return { pixels: image.data, size: image.width };
  }
  const whole = { size: SIDE, resizeMode: 'longest', fillColor: 255 } as const;
  return { pixels: await preprocessPixels(image, whole, { key }), size: SIDE };
}

function facts(
  benchmark: Benchmark,
  survey: Survey,
  prompts: Prompts | undefined,
  damaged: string[],
): Fact[] {
  const { licence, citation, page, notes, splits } = benchmark;
  const { split, pictures, perClass, captions, absent } = survey;
  const official = splits[split];
  const compared =
    official === undefined ? '' : pictures === official ? ', as published' : `; published: ${official}`;
  return [
    ['Pictures', `${pictures}${compared}`],
    ...(perClass.length ? [['Classes', perClass.length] as const] : [['Captions', captions] as const]),
    ...(prompts ? [['Prompts', describePrompts(prompts)] as const] : []),
    ['Metric', describeMetric(benchmark)],
    ['Licence', licence],
    ['Cite', citation],
    ['Page', page],
    ...(notes ? [['Notes', notes] as const] : []),
    ...(absent.length ? [['Absent', absent.join(', ')] as const] : []),
    ...(damaged.length ? [['Damaged', damaged.join(' ')] as const] : []),
  ];
}

const METRICS: Record<ClassMetric, string> = {
  top1: 'top-1',
  top3: 'top-3',
  meanPerClass: 'mean per class',
  macroF1: 'macro-F1',
};

function describeMetric(benchmark: Benchmark): string {
  if (benchmark.task === 'retrieval') return 'recall at 1, 5 and 10, both ways';
  const { metric, alsoReported = [] } = benchmark;
  return [metric, ...alsoReported].map((name) => METRICS[name]).join(', ');
}

function describePrompts({ templates }: Prompts): string {
  if (!Array.isArray(templates)) return 'written for each class';
  const [first] = templates as readonly string[];
  return templates.length === 1 ? `“${first}”` : `${templates.length}, such as “${first}”`;
}
