import type { LeafForm } from './factors';

/** The leaf of a crop. */
export const crops = {
  tomato: { leaf: { shape: 'pinnate', margin: 'serrate', venation: 'pinnate' }, tone: '#5b8f3f' },
  apple: { leaf: { shape: 'ovate', margin: 'serrate', venation: 'pinnate' }, tone: '#5d9347' },
  grape: { leaf: { shape: 'palmate', margin: 'serrate', venation: 'pinnate' }, tone: '#6f9f47' },
  potato: { leaf: { shape: 'pinnate', margin: 'entire', venation: 'pinnate' }, tone: '#3f7540' },
  maize: { leaf: { shape: 'lanceolate', margin: 'entire', venation: 'parallel' }, tone: '#6aa04a' },
  strawberry: { leaf: { shape: 'trifoliate', margin: 'serrate', venation: 'pinnate' }, tone: '#4a8545' },
  bean: { leaf: { shape: 'cordate', margin: 'entire', venation: 'pinnate' }, tone: '#66984a' },
} satisfies Record<string, { leaf: LeafForm; tone: string }>;
export type Crop = keyof typeof crops;

export type LesionShape = 'rings' | 'dots' | 'patches' | 'mosaic' | 'scorch' | 'none';

/** How a disease marks a leaf; lengths in the picture's units of a 64-pixel picture. */
export interface Disease {
  shape: LesionShape;
  colour: string;
  /** The ring around each lesion, where there is one. */
  halo: string | null;
  size: [low: number, high: number];
  count: [low: number, high: number];
  phrase: string;
}

export const diseases = {
  healthy: {
    shape: 'none',
    colour: '#000000',
    halo: null,
    size: [0, 0],
    count: [0, 0],
    phrase: 'no lesions',
  },
  'early blight': {
    shape: 'rings',
    colour: '#5a3a1e',
    halo: '#d9c23c',
    size: [2.6, 4.2],
    count: [4, 7],
    phrase: 'large brown ringed spots with a yellow halo',
  },
  rust: {
    shape: 'dots',
    colour: '#d9741f',
    halo: null,
    size: [0.9, 1.6],
    count: [22, 36],
    phrase: 'many small orange pustules',
  },
  'bacterial spot': {
    shape: 'dots',
    colour: '#231a14',
    halo: '#b9bd4a',
    size: [0.8, 1.5],
    count: [14, 24],
    phrase: 'small black spots with a pale halo',
  },
  'powdery mildew': {
    shape: 'patches',
    colour: '#f0f0ea',
    halo: null,
    size: [3, 6],
    count: [6, 10],
    phrase: 'white powdery patches',
  },
  'mosaic virus': {
    shape: 'mosaic',
    colour: '#d3d65c',
    halo: null,
    size: [2, 4],
    count: [12, 20],
    phrase: 'a yellow and green mosaic',
  },
  'leaf scorch': {
    shape: 'scorch',
    colour: '#80512c',
    halo: '#c9a24a',
    size: [2.5, 5],
    count: [14, 20],
    phrase: 'a scorched brown margin',
  },
} satisfies Record<string, Disease>;
export type DiseaseName = keyof typeof diseases;

/** A class of `plantvillage-mini` and `plantdoc-mini`; `seen` is false where no training picture shows the pair. */
export interface CropDisease {
  name: string;
  crop: Crop;
  disease: DiseaseName;
  seen: boolean;
}

function pair(crop: Crop, disease: DiseaseName, seen = true): CropDisease {
  const name = disease === 'healthy' ? `healthy ${crop} leaf` : `${crop} leaf with ${disease}`;
  return { name, crop, disease, seen };
}

/** The 22 crop–disease pairs; the last four are held out of training, though both their words are seen. */
export const cropDiseases: CropDisease[] = [
  pair('tomato', 'healthy'),
  pair('tomato', 'early blight'),
  pair('tomato', 'mosaic virus'),
  pair('tomato', 'bacterial spot'),
  pair('apple', 'healthy'),
  pair('apple', 'rust'),
  pair('apple', 'powdery mildew'),
  pair('grape', 'healthy'),
  pair('grape', 'leaf scorch'),
  pair('grape', 'powdery mildew'),
  pair('potato', 'healthy'),
  pair('potato', 'early blight'),
  pair('maize', 'rust'),
  pair('maize', 'mosaic virus'),
  pair('maize', 'leaf scorch'),
  pair('strawberry', 'leaf scorch'),
  pair('strawberry', 'bacterial spot'),
  pair('bean', 'rust'),
  pair('apple', 'leaf scorch', false),
  pair('grape', 'rust', false),
  pair('potato', 'mosaic virus', false),
  pair('bean', 'early blight', false),
];
