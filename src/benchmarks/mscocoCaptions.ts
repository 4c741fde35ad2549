import type { RetrievalBenchmark } from './benchmark';
import { captionFiles, readKarpathySplit } from './karpathy';

const DATASET = 'dataset_coco.json';
const [TRAIN, VAL] = ['train2014.zip', 'val2014.zip'];

const captionsOf = (split: string) => `coco_${split}_karpathy.json`;

/** Everyday scenes with five captions or more each, in Karpathy's split. */
export const mscocoCaptions: RetrievalBenchmark = {
  id: 'mscoco_captions',
  title: 'MS-COCO',
  task: 'retrieval',
  page: 'https://cocodataset.org/#download',
  licence: 'captions CC BY 4.0; pictures under the terms of Flickr',
  citation:
    'Chen et al., Microsoft COCO captions: data collection and evaluation server, arXiv:1504.00325, 2015; split of Karpathy and ' +
    'Fei-Fei, Deep visual-semantic alignments for generating image descriptions, CVPR 2015',
  files: [
    ...captionFiles(DATASET, captionsOf),
    {
      name: VAL,
      address: 'http://images.cocodataset.org/zips/val2014.zip',
      bytes: 6_645_013_297,
      md5: 'a3d79f5ed8d289b7a7554ce06a5782b3',
      unpacked: 'val2014',
    },
    {
      name: TRAIN,
      address: 'http://images.cocodataset.org/zips/train2014.zip',
      bytes: 13_510_573_713,
      md5: '0da8c0bd3d6becc4dcb32757491aca88',
      splits: ['train'],
      unpacked: 'train2014',
    },
  ],
  splits: { train: 113_287, val: 5_000, test: 5_000 },
  tested: 'test',
  captions: 25_010,
  notes:
    'All 25,010 captions of the 5,000 test pictures are candidates, and only a picture’s own ones are right for it; some ' +
    'evaluators keep five a picture (25,000), average over five folds of 1,000 pictures, or take all of val2014, and get ' +
    'higher or lower numbers. The test pictures are from val2014; of the training pictures, 30,504 ("restval") are, too, ' +
    'which CLIP_benchmark’s reader does not look for. ALIP’s evaluation writes "a photo of a " before every caption.',
  read: (files, split) =>
    readKarpathySplit(files, {
      split,
      captions: captionsOf(split),
      dataset: DATASET,
      archives: split === 'train' ? [TRAIN, VAL] : [VAL],
    }),
};
