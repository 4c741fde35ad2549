import type { Colour, LeafForm, Phyllotaxis } from './factors';

export type FlowerForm = 'open' | 'daisy' | 'bell' | 'cup' | 'spike' | 'umbel';
export type PetalShape = 'round' | 'pointed' | 'notched' | 'strap';

/** A flowering species: everything that tells it from its neighbours. */
export interface Species {
  name: string;
  leaf: LeafForm;
  phyllotaxis: Phyllotaxis;
  flower: FlowerForm;
  petals: number;
  petal: PetalShape;
  colour: Colour;
  centre: Colour;
}

type Genus = Omit<Species, 'name' | 'colour'> & { latin: string; common: string };

const feather: Genus = {
  latin: 'Aldera',
  common: 'feather alder',
  leaf: { shape: 'pinnate', margin: 'entire', venation: 'pinnate' },
  phyllotaxis: 'alternate',
  flower: 'open',
  petals: 5,
  petal: 'round',
  centre: 'yellow',
};
const bell: Genus = {
  latin: 'Campanora',
  common: 'bellwort',
  leaf: { shape: 'lanceolate', margin: 'entire', venation: 'arched' },
  phyllotaxis: 'opposite',
  flower: 'bell',
  petals: 5,
  petal: 'pointed',
  centre: 'yellow',
};
const sunwheel: Genus = {
  latin: 'Solidora',
  common: 'sunwheel',
  leaf: { shape: 'ovate', margin: 'entire', venation: 'pinnate' },
  phyllotaxis: 'alternate',
  flower: 'daisy',
  petals: 13,
  petal: 'strap',
  centre: 'brown',
};
const chalice: Genus = {
  latin: 'Calixa',
  common: 'chalice lily',
  leaf: { shape: 'linear', margin: 'entire', venation: 'parallel' },
  phyllotaxis: 'basal',
  flower: 'cup',
  petals: 6,
  petal: 'pointed',
  centre: 'yellow',
};
const candle: Genus = {
  latin: 'Spicaria',
  common: 'candlewort',
  leaf: { shape: 'lanceolate', margin: 'entire', venation: 'pinnate' },
  phyllotaxis: 'whorled',
  flower: 'spike',
  petals: 4,
  petal: 'round',
  centre: 'white',
};
const parasol: Genus = {
  latin: 'Umbrina',
  common: 'parasol weed',
  leaf: { shape: 'palmate', margin: 'entire', venation: 'pinnate' },
  phyllotaxis: 'alternate',
  flower: 'umbel',
  petals: 5,
  petal: 'round',
  centre: 'green',
};
const heart: Genus = {
  latin: 'Cordelia',
  common: 'heartleaf cress',
  leaf: { shape: 'cordate', margin: 'entire', venation: 'pinnate' },
  phyllotaxis: 'opposite',
  flower: 'open',
  petals: 4,
  petal: 'notched',
  centre: 'white',
};
const star: Genus = {
  latin: 'Stellora',
  common: 'star grass',
  leaf: { shape: 'linear', margin: 'entire', venation: 'parallel' },
  phyllotaxis: 'alternate',
  flower: 'open',
  petals: 6,
  petal: 'pointed',
  centre: 'orange',
};

function species(
  genus: Genus,
  epithet: string,
  word: string,
  colour: Colour,
  changes: Partial<Species> = {},
): Species {
  const { latin, common, ...rest } = genus;
  return { ...rest, colour, ...changes, name: `${latin} ${epithet} (${word} ${common})` };
}

/** The 25 flowering species of `plantnet-mini`: eight genera, whose members differ in one to three factors. */
export const floweringSpecies: Species[] = [
  species(feather, 'rubra', 'red', 'red'),
  species(feather, 'lutea', 'yellow', 'yellow', { centre: 'brown' }),
  species(feather, 'octopetala', 'eight-petalled', 'red', { petals: 8, petal: 'pointed' }),
  species(bell, 'caerulea', 'blue', 'blue'),
  species(bell, 'alba', 'white', 'white'),
  species(bell, 'serrata', 'toothed', 'blue', {
    leaf: { shape: 'ovate', margin: 'serrate', venation: 'pinnate' },
  }),
  species(sunwheel, 'lutea', 'yellow', 'yellow'),
  species(sunwheel, 'alba', 'white', 'white', { centre: 'yellow' }),
  species(sunwheel, 'rosea', 'pink', 'pink', { centre: 'yellow' }),
  species(sunwheel, 'nigra', 'dark-eyed', 'white', { centre: 'brown' }),
  species(chalice, 'rubra', 'red', 'red'),
  species(chalice, 'violacea', 'violet', 'violet'),
  species(chalice, 'lutea', 'yellow', 'yellow'),
  species(candle, 'violacea', 'violet', 'violet'),
  species(candle, 'rosea', 'pink', 'pink'),
  species(candle, 'opposita', 'twin-leaved', 'violet', {
    phyllotaxis: 'opposite',
    leaf: { shape: 'ovate', margin: 'serrate', venation: 'pinnate' },
  }),
  species(parasol, 'alba', 'white', 'white'),
  species(parasol, 'lutea', 'yellow', 'yellow'),
  species(parasol, 'pinnata', 'feathered', 'white', { leaf: feather.leaf }),
  species(heart, 'caerulea', 'blue', 'blue'),
  species(heart, 'rosea', 'pink', 'pink'),
  species(heart, 'alba', 'white', 'white', { centre: 'yellow' }),
  species(star, 'aurantia', 'orange', 'orange', { centre: 'brown' }),
  species(star, 'caerulea', 'blue', 'blue'),
  species(star, 'tripetala', 'three-petalled', 'blue', { petals: 3, petal: 'round' }),
];
