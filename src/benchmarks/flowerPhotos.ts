import { FLOWER_CLASSES, FLOWER_TEMPLATES } from '../data/flowerPhotos';
import type { ClassificationBenchmark } from './benchmark';
import { folderPictures } from './classFolders';

const ARCHIVE = 'flower_photos.tgz';

/** Photographs of five flowers, from TensorFlow's tutorials; small, free, and had at once. */
export const flowerPhotos: ClassificationBenchmark = {
  id: 'flower_photos',
  title: 'Flower photographs',
  task: 'classification',
  page: 'https://www.tensorflow.org/datasets/catalog/tf_flowers',
  licence: 'CC BY 2.0, photographers named in its LICENSE.txt',
  citation: 'The TensorFlow team, Flowers, 2019',
  files: [
    {
      name: ARCHIVE,
      address: 'https://storage.googleapis.com/download.tensorflow.org/example_images/flower_photos.tgz',
      unpacked: 'flower_photos',
    },
  ],
  splits: { all: 3_670 },
  tested: 'all',
  metric: 'top1',
  classes: FLOWER_CLASSES.length,
  notes:
    'No set of any paper’s table. There is no split; a few files are there twice, so a split by chance has some on both sides.',
  prompts: async () => ({
    classes: FLOWER_CLASSES.map(([, name]) => name),
    templates: FLOWER_TEMPLATES,
  }),
  async *read(files) {
    yield* folderPictures(
      await files.tree(ARCHIVE),
      FLOWER_CLASSES.map(([folder]) => folder),
    );
  },
};
