import type { LeafForm } from './factors';

/** The colour of a leaf's surface by the word captions use. */
export const leafTones = {
  green: '#5f9a48',
  'dark green': '#2f6238',
  'grey-green': '#93a890',
  'yellow-green': '#a9b944',
  'reddish purple': '#85405a',
} as const;
export type LeafTone = keyof typeof leafTones;

/** A medicinal leaf. */
export interface MedicinalLeaf {
  name: string;
  leaf: LeafForm;
  tone: LeafTone;
}

function leaf(
  name: string,
  form: Omit<LeafForm, 'venation'> & Partial<LeafForm>,
  tone: LeafTone = 'green',
): MedicinalLeaf {
  return { name, leaf: { venation: 'pinnate', ...form }, tone };
}

/** The 25 leaves of `medleaf-mini`: twelve genera, whose members differ in margin, venation or tone. */
export const medicinalLeaves: MedicinalLeaf[] = [
  leaf('Mentola serrata (toothed mintleaf)', { shape: 'ovate', margin: 'serrate' }),
  leaf('Mentola integra (smooth mintleaf)', { shape: 'ovate', margin: 'entire' }),
  leaf('Mentola purpurea (purple mintleaf)', { shape: 'ovate', margin: 'serrate' }, 'reddish purple'),
  leaf('Salvora grisea (grey sage)', { shape: 'elliptic', margin: 'crenate' }, 'grey-green'),
  leaf('Salvora integra (smooth sage)', { shape: 'elliptic', margin: 'entire' }, 'grey-green'),
  leaf('Salvora nigra (dark sage)', { shape: 'elliptic', margin: 'crenate' }, 'dark green'),
  leaf('Tillora cordata (green heartlime)', { shape: 'cordate', margin: 'entire' }),
  leaf('Tillora serrata (toothed heartlime)', { shape: 'cordate', margin: 'serrate' }),
  leaf(
    'Tillora purpurea (purple heartlime)',
    { shape: 'cordate', margin: 'entire', veins: 'dark' },
    'reddish purple',
  ),
  leaf('Plantora arcuata (arched waybread)', { shape: 'elliptic', margin: 'entire', venation: 'arched' }),
  leaf('Plantora lanceolata (lance waybread)', {
    shape: 'lanceolate',
    margin: 'entire',
    venation: 'parallel',
  }),
  leaf('Salixa serrata (toothed willowherb)', { shape: 'lanceolate', margin: 'serrate' }),
  leaf('Salixa grisea (grey willowherb)', { shape: 'lanceolate', margin: 'entire' }, 'grey-green'),
  leaf('Quercella lobata (lobed oakwort)', { shape: 'obovate', margin: 'lobed' }),
  leaf('Quercella nigra (dark oakwort)', { shape: 'obovate', margin: 'lobed' }, 'dark green'),
  leaf('Acerina pentaloba (five-lobed maplewort)', { shape: 'palmate', margin: 'entire', lobes: 5 }),
  leaf('Acerina triloba (three-lobed maplewort)', { shape: 'palmate', margin: 'entire', lobes: 3 }),
  leaf('Acerina flava (yellow maplewort)', { shape: 'palmate', margin: 'serrate', lobes: 5 }, 'yellow-green'),
  leaf('Fraxella pinnata (feather ashwort)', { shape: 'pinnate', margin: 'entire' }),
  leaf('Fraxella serrata (toothed ashwort)', { shape: 'pinnate', margin: 'serrate' }, 'dark green'),
  leaf('Trifolia vulgaris (common cloverleaf)', { shape: 'trifoliate', margin: 'entire' }),
  leaf('Trifolia flava (yellow cloverleaf)', { shape: 'trifoliate', margin: 'serrate' }, 'yellow-green'),
  leaf('Sagitta viridis (green arrowleaf)', { shape: 'sagittate', margin: 'entire' }),
  leaf('Rotundia crenata (scalloped pennyleaf)', { shape: 'orbicular', margin: 'crenate' }),
  leaf(
    'Graminella linearis (linear reedleaf)',
    { shape: 'linear', margin: 'entire', venation: 'parallel' },
    'yellow-green',
  ),
];
