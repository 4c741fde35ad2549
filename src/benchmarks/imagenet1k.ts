import { isPictureName } from '../data/pictureNames';
import { type FileTree, treeOf } from '../files/fileTree';
import type { ClassificationBenchmark, LabelledPicture } from './benchmark';
import type { BenchmarkFiles } from './benchmarkFiles';
import { folderPictures } from './classFolders';
import { validationLabels } from './imagenetLabels';
import { foundPictures, labelledPictures } from './labelledPictures';
import { publishedPrompts } from './publishedPrompts';
import { synsetsOf } from './synsets';

const VAL = 'ILSVRC2012_img_val.tar';
const DEVKIT = 'ILSVRC2012_devkit_t12.tar.gz';
const TRAIN = 'ILSVRC2012_img_train.tar';

const DOWNLOADS = 'https://image-net.org/challenges/LSVRC/2012/2012-downloads.php';

/** Photographs of a thousand kinds of things; its validation pictures are what papers test. */
export const imagenet1k: ClassificationBenchmark = {
  id: 'imagenet1k',
  title: 'ImageNet-1K',
  task: 'classification',
  page: DOWNLOADS,
  licence: 'terms of access: non-commercial research and education, no redistribution',
  citation: 'Russakovsky et al., ImageNet large scale visual recognition challenge, IJCV 2015',
  files: [
    {
      name: VAL,
      bytes: 6_744_924_160,
      md5: '29b22e2961454d5413ddabcf34fc5622',
      splits: ['val'],
      unpacked: 'val',
      instead: ['ILSVRC/Data/CLS-LOC/val'],
    },
    {
      name: DEVKIT,
      md5: 'fa75699e90414af021442c21a62c3abf',
      splits: ['val'],
      unpacked: 'ILSVRC2012_devkit_t12',
      // A folder for each synset tells the labels by itself.
      instead: ['LOC_val_solution.csv', 'val/n01440764', 'ILSVRC/Data/CLS-LOC/val/n01440764'],
    },
    {
      name: TRAIN,
      bytes: 147_897_477_120,
      md5: '1d675b47d978889d74fa0da5fadfb00e',
      splits: ['train'],
      unpacked: 'train',
      instead: ['ILSVRC/Data/CLS-LOC/train'],
    },
  ],
  splits: { train: 1_281_167, val: 50_000 },
  tested: 'val',
  notes:
    'Registration comes before download. The devkit’s class numbers are not labels: the usual labels are ranks of sorted ' +
    'synset ids, with CLIP’s names in that order. “missile” and “sunglasses” are the names of two ' +
    'classes each, which nobody can tell apart. CLIP_benchmark calls this split "test". Some pictures are CMYK, grey or PNG ' +
    'by content.',
  metric: 'top1',
  classes: 1_000,
  prompts: async () => publishedPrompts('imagenet1k'),
  read: (files, split) => (split === 'val' ? readVal(files) : readTrain(files)),
};

/**
 * One flat folder, as published, or a folder for each synset, as torchvision and others leave it. Without a list, the latter
 * does not tell which pictures are absent.
 */
async function* readVal(files: BenchmarkFiles): AsyncGenerator<LabelledPicture> {
  const tree = await files.tree(VAL);
  const truth = files.place(DEVKIT);
  const isList = !/n\d{8}$/.test(truth);
  if (isList) {
    yield* labelledPictures(files, tree, await validationLabels(truth));
    return;
  }
  for await (const picture of folderPictures(tree, synsetsOf('imagenet1k'))) {
    // Pictures are called the same wherever they lie.
    yield { ...picture, key: picture.key.slice(picture.key.indexOf('/') + 1) };
  }
}

/** An archive of a thousand archives, `n01440764.tar` …, of which one is in memory at a time; or a folder for each. */
async function* readTrain(files: BenchmarkFiles): AsyncGenerator<LabelledPicture> {
  const tree = await files.tree(TRAIN);
  const synsets = synsetsOf('imagenet1k');
  if (!isArchiveName(await firstName(tree))) {
    yield* folderPictures(tree, synsets);
    return;
  }
  for await (const { name, content } of tree.files()) {
    const synset = isArchiveName(name) ? synsetIn(name) : undefined;
    const label = synsets.indexOf(synset ?? '');
    if (label < 0) continue;
    const inner = treeOf(await content(), `"${name}" in ${tree.label}`);
    yield* foundPictures(inner, (picture) => ({ key: `${synset}/${picture}`, label }));
  }
}

/** The name of the first picture or archive of pictures; empty where there is none. */
async function firstName(tree: FileTree): Promise<string> {
  for await (const { name } of tree.files()) if (isPictureName(name) || isArchiveName(name)) return name;
  return '';
}

const isArchiveName = (name: string) => /(^|\/)n\d{8}\.tar$/.test(name);

/** The synset that a folder or an archive of pictures is named by. */
const synsetIn = (name: string) => /(?:^|\/)(n\d{8})[/.]/.exec(name)?.[1];
