/** The factor vocabularies every picture is composed of, and which of their values training never sees. */

export type Split = 'train' | 'test';

export type Shape =
  | 'ovate'
  | 'lanceolate'
  | 'elliptic'
  | 'obovate'
  | 'linear'
  | 'orbicular'
  | 'cordate'
  | 'sagittate'
  | 'palmate'
  | 'pinnate'
  | 'trifoliate';
export type Margin = 'entire' | 'serrate' | 'crenate' | 'lobed';
export type Venation = 'pinnate' | 'parallel' | 'arched';
export type Phyllotaxis = 'opposite' | 'alternate' | 'whorled' | 'basal';

/** A kind of leaf. `lobes` is for palmate leaves; `veins` are pale unless said. */
export interface LeafForm {
  shape: Shape;
  margin: Margin;
  venation: Venation;
  lobes?: 3 | 5;
  veins?: 'pale' | 'dark';
}

export type Background =
  | 'sheet'
  | 'meadow'
  | 'soil'
  | 'sky'
  | 'litter'
  | 'moss'
  | 'desk'
  | 'gravel'
  | 'sand'
  | 'bark'
  | 'white'
  | 'light table'
  | 'grey card'
  | 'violet card'
  | 'blue card'
  | 'buff card'
  | 'rose card';

/** How a background reads in a sentence. */
export const backgroundPhrases: Record<Background, string> = {
  sheet: 'on a herbarium sheet',
  meadow: 'in a meadow',
  soil: 'on bare soil',
  sky: 'against the sky',
  litter: 'on fallen leaves',
  moss: 'on moss',
  desk: 'on a desk with a ruler',
  gravel: 'on gravel',
  sand: 'on sand',
  bark: 'in front of bark',
  white: 'on white paper',
  'light table': 'on a light table',
  'grey card': 'on a grey card',
  'violet card': 'on a violet card',
  'blue card': 'on a blue card',
  'buff card': 'on a buff card',
  'rose card': 'on a rose card',
};

export type Light = 'noon' | 'morning' | 'overcast' | 'evening' | 'shade';

/** A light lays `tint` over the picture with `strength`, brightest on side `from` (degrees, 0 = from the right). */
export const lights: Record<Light, { tint: string; strength: number; from: number; phrase: string }> = {
  noon: { tint: '#ffffff', strength: 0.04, from: 270, phrase: 'at noon' },
  morning: { tint: '#ffe9c0', strength: 0.12, from: 200, phrase: 'in morning light' },
  overcast: { tint: '#c8ccd2', strength: 0.12, from: 270, phrase: 'under an overcast sky' },
  evening: { tint: '#ffc080', strength: 0.14, from: 340, phrase: 'in evening light' },
  shade: { tint: '#5a7296', strength: 0.14, from: 160, phrase: 'in blue shade' },
};

export const lightValues: Record<Split, Light[]> = {
  train: ['noon', 'morning', 'overcast'],
  test: ['evening', 'shade'],
};

export type Family = 'flower' | 'fungus' | 'diseased leaf' | 'leaf' | 'field leaf';

/** What a family of pictures draws from, per split. `lean` bounds the absolute tilt in degrees. */
export interface SplitRange {
  backgrounds: Background[];
  lean: [low: number, high: number];
}

/** Held-out values: no background, light or tilt of a test picture occurs in the same family's training pictures. */
export const ranges: Record<Family, Record<Split, SplitRange>> = {
  flower: {
    train: { backgrounds: ['sheet', 'meadow', 'soil', 'sky'], lean: [0, 11] },
    test: { backgrounds: ['desk', 'sand', 'gravel'], lean: [13, 17] },
  },
  fungus: {
    train: { backgrounds: ['moss', 'litter', 'meadow', 'soil'], lean: [0, 11] },
    test: { backgrounds: ['bark', 'gravel', 'sand'], lean: [13, 17] },
  },
  'diseased leaf': {
    train: { backgrounds: ['grey card', 'violet card', 'blue card'], lean: [0, 32] },
    test: { backgrounds: ['buff card', 'rose card'], lean: [35, 46] },
  },
  leaf: {
    train: { backgrounds: ['white'], lean: [0, 32] },
    test: { backgrounds: ['light table'], lean: [35, 46] },
  },
  'field leaf': {
    train: { backgrounds: ['litter', 'soil', 'meadow'], lean: [0, 32] },
    test: { backgrounds: ['desk', 'gravel'], lean: [35, 46] },
  },
};

/** Flower and cap colours by the word captions use. */
export const colours = {
  red: '#c62f35',
  yellow: '#f2cb2e',
  white: '#f7f5ee',
  violet: '#7d4bb5',
  blue: '#4468cf',
  pink: '#e88bb0',
  orange: '#ec7f2a',
  brown: '#7a4a2a',
  ochre: '#c9953f',
  grey: '#96938c',
  green: '#8aa05a',
} as const;
export type Colour = keyof typeof colours;
