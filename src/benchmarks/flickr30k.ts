import type { RetrievalBenchmark } from './benchmark';
import { captionFiles, readKarpathySplit } from './karpathy';

const DATASET = 'dataset_flickr30k.json';
const ARCHIVE = 'flickr30k-images.tar.gz';

const captionsOf = (split: string) => `flickr30k_${split}_karpathy.txt`;

/** People in everyday life with five captions each, in Karpathy's split. */
export const flickr30k: RetrievalBenchmark = {
  id: 'flickr30k',
  title: 'Flickr30k',
  task: 'retrieval',
  page: 'https://shannon.cs.illinois.edu/DenotationGraph/',
  licence: 'non-commercial research and education; pictures under the terms of Flickr',
  citation:
    'Young et al., From image descriptions to visual denotations, TACL 2014; split of Karpathy and Fei-Fei, Deep ' +
    'visual-semantic alignments for generating image descriptions, CVPR 2015',
  // The authors send the address of the pictures to those who ask for it by their form.
  files: [...captionFiles(DATASET, captionsOf), { name: ARCHIVE, unpacked: 'flickr30k-images' }],
  splits: { train: 29_000, val: 1_014, test: 1_000 },
  tested: 'test',
  captions: 5_000,
  notes:
    'Searched among 1,000 pictures and their 5,000 captions, so recalls are far higher than on the 5,000 of MS-COCO and must ' +
    'not be averaged with them. The archive holds 31,783 pictures, of which the split uses 31,014.',
  read: (files, split) =>
    readKarpathySplit(files, { split, captions: captionsOf(split), dataset: DATASET, archives: [ARCHIVE] }),
};
