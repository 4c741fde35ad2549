import type { BenchmarkFile, ClassificationBenchmark } from './benchmark';
import { folderPictures } from './classFolders';
import { ranksOf } from './lists';
import { publishedPrompts } from './publishedPrompts';
import { type SynsetList, synsetsOf } from './synsets';

/** What differs between sets that test ImageNet's classes on other pictures. */
interface Variant
  extends Pick<ClassificationBenchmark, 'id' | 'title' | 'page' | 'licence' | 'citation' | 'notes'> {
  file: BenchmarkFile;
  pictures: number;
  /** Which of the classes; default all. */
  classes?: SynsetList;
  /** The folder of each class by label; default its synset. */
  folders?: readonly string[];
}

function variant({
  file,
  pictures,
  classes = 'imagenet1k',
  folders,
  ...told
}: Variant): ClassificationBenchmark {
  return {
    ...told,
    task: 'classification',
    files: [file],
    splits: { test: pictures },
    tested: 'test',
    metric: 'top1',
    classes: classes === 'imagenet1k' ? 1_000 : 200,
    prompts: async () => publishedPrompts(told.id, namesOf(classes)),
    async *read(files) {
      yield* folderPictures(await files.tree(file.name), folders ?? synsetsOf(classes));
    },
  };
}

function namesOf(classes: SynsetList): string[] {
  const names = publishedPrompts('imagenet1k').classes;
  const ranks = ranksOf(synsetsOf('imagenet1k'));
  return synsetsOf(classes).map((synset) => names[ranks.get(synset)!]);
}

/** Pictures collected anew, as ImageNet's were, ten a class. */
export const imagenetV2 = variant({
  id: 'imagenetv2',
  title: 'ImageNet-V2',
  page: 'https://github.com/modestyachts/ImageNetV2',
  licence: 'MIT (its repository)',
  citation: 'Recht, Roelofs, Schmidt and Shankar, Do ImageNet classifiers generalize to ImageNet?, ICML 2019',
  file: {
    name: 'imagenetv2-matched-frequency.tar.gz',
    address:
      'https://huggingface.co/datasets/vaishaal/ImageNetV2/resolve/main/imagenetv2-matched-frequency.tar.gz',
    bytes: 1_264_079_360,
    sha256: 'f0c37fdf925916b19ea1323cd9a2208cdb6959ba2c32eef2a7fc393835c9ca7c',
    unpacked: 'imagenetv2-matched-frequency-format-val',
  },
  pictures: 10_000,
  folders: Array.from({ length: 1_000 }, (_, label) => String(label)),
  notes:
    'Matched frequency; the variants threshold 0.7 and top images give higher numbers. Folders are named by label, so that ' +
    'readers that sort names as texts (0, 1, 10, 100, …) are wrong. The archive is a plain tar, whatever its name says.',
});

/** Photographs that misled a ResNet-50, of 200 classes. */
export const imagenetA = variant({
  id: 'imagenet-a',
  title: 'ImageNet-A',
  page: 'https://github.com/hendrycks/natural-adv-examples',
  licence: 'MIT (its repository)',
  citation: 'Hendrycks, Zhao, Basart, Steinhardt and Song, Natural adversarial examples, CVPR 2021',
  file: {
    name: 'imagenet-a.tar',
    address: 'https://people.eecs.berkeley.edu/~hendrycks/imagenet-a.tar',
    bytes: 687_552_512,
    md5: 'c3e55429088dc681f30d81f4726b6595',
    sha256: '3bb3632277e6ba6392ea64c02ddbf4dd2266c9caffd6bc09c9656d28f012589e',
    unpacked: 'imagenet-a',
  },
  pictures: 7_500,
  classes: 'imagenet-a',
  notes: 'Only the names of its 200 classes compete; among all 1,000 numbers are lower.',
});

/** Paintings, toys, cartoons and other renditions of 200 classes. */
export const imagenetR = variant({
  id: 'imagenet-r',
  title: 'ImageNet-R',
  page: 'https://github.com/hendrycks/imagenet-r',
  licence: 'MIT (its repository)',
  citation:
    'Hendrycks et al., The many faces of robustness: a critical analysis of out-of-distribution generalization, ICCV 2021',
  file: {
    name: 'imagenet-r.tar',
    address: 'https://people.eecs.berkeley.edu/~hendrycks/imagenet-r.tar',
    bytes: 2_191_079_936,
    md5: 'a61312130a589d0ca1a8fca1f2bd3337',
    sha256: '18c6bf493b39a0d975d48e587437f562caab9c52ae6327dcfa9dd8eb54aa1b52',
    unpacked: 'imagenet-r',
  },
  pictures: 30_000,
  classes: 'imagenet-r',
  notes: 'Only the names of its 200 classes compete; among all 1,000 numbers are lower.',
});

/** Black and white drawings of all classes. */
export const imagenetSketch = variant({
  id: 'imagenet_sketch',
  title: 'ImageNet-Sketch',
  page: 'https://github.com/HaohanWang/ImageNet-Sketch',
  licence: 'MIT (its repository); pictures from the web',
  citation:
    'Wang, Ge, Lipton and Xing, Learning robust global representations by penalizing local predictive power, NeurIPS 2019',
  file: {
    name: 'ImageNet-Sketch.zip',
    page: 'https://drive.google.com/open?id=1Mj0i5HBthqH1p_yeXzsg22gZduvgoNeA',
    bytes: 7_593_573_012,
    sha256: '4d3ce6b82a7c48aabf14aeac105eb533e75707f152cc858f55bfc022031a72ed',
    unpacked: 'sketch',
  },
  pictures: 50_889,
  notes: 'About 51 pictures a class.',
});
