import type { Colour } from './factors';

export type CapShape =
  | 'convex'
  | 'conical'
  | 'flat'
  | 'funnel-shaped'
  | 'bell-shaped'
  | 'honeycombed'
  | 'globular';
export type StemShape = 'slender' | 'stout' | 'bulbous';

/** A fungus: everything that tells it from its neighbours. */
export interface Fungus {
  name: string;
  cap: CapShape;
  colour: Colour;
  /** Under the cap: gills, pores, or nothing to see. */
  under: 'gills' | 'pores' | 'none';
  spots: Colour | null;
  ring: boolean;
  stem: StemShape;
  stemColour: Colour;
}

type Genus = Omit<Fungus, 'name' | 'colour'> & { latin: string; common: string };

const base = { under: 'gills', spots: null, ring: false, stem: 'slender', stemColour: 'white' } as const;
const amanora: Genus = {
  ...base,
  latin: 'Amanora',
  common: 'veil cap',
  cap: 'convex',
  ring: true,
  stem: 'bulbous',
};
const conicella: Genus = {
  ...base,
  latin: 'Conicella',
  common: 'witch hat',
  cap: 'conical',
  stemColour: 'ochre',
};
const russola: Genus = { ...base, latin: 'Russola', common: 'plate fungus', cap: 'flat', stem: 'stout' };
const infundia: Genus = {
  ...base,
  latin: 'Infundia',
  common: 'trumpet',
  cap: 'funnel-shaped',
  stem: 'stout',
  stemColour: 'ochre',
};
const galerola: Genus = {
  ...base,
  latin: 'Galerola',
  common: 'bonnet',
  cap: 'bell-shaped',
  stemColour: 'grey',
};
const boletora: Genus = {
  ...base,
  latin: 'Boletora',
  common: 'penny bun',
  cap: 'convex',
  under: 'pores',
  stem: 'stout',
};
const favella: Genus = {
  ...base,
  latin: 'Favella',
  common: 'honeycomb fungus',
  cap: 'honeycombed',
  under: 'none',
  stem: 'stout',
};
const globera: Genus = {
  ...base,
  latin: 'Globera',
  common: 'puffball',
  cap: 'globular',
  under: 'none',
  stem: 'stout',
};

function fungus(
  genus: Genus,
  epithet: string,
  word: string,
  colour: Colour,
  changes: Partial<Fungus> = {},
): Fungus {
  const { latin, common, ...rest } = genus;
  return { ...rest, colour, ...changes, name: `${latin} ${epithet} (${word} ${common})` };
}

/** The 25 fungi of `fungi-mini`: eight genera, whose members differ in one to three factors. */
export const fungi: Fungus[] = [
  fungus(amanora, 'maculata', 'spotted', 'red', { spots: 'white' }),
  fungus(amanora, 'rubra', 'red', 'red'),
  fungus(amanora, 'alba', 'white', 'white'),
  fungus(amanora, 'pantherina', 'panther', 'brown', { spots: 'white' }),
  fungus(conicella, 'ochracea', 'ochre', 'ochre'),
  fungus(conicella, 'violacea', 'violet', 'violet'),
  fungus(conicella, 'annulata', 'ringed', 'violet', { ring: true, stemColour: 'white' }),
  fungus(russola, 'rubra', 'red', 'red'),
  fungus(russola, 'viridis', 'green', 'green'),
  fungus(russola, 'violacea', 'violet', 'violet'),
  fungus(russola, 'gracilis', 'thin-stemmed', 'red', { stem: 'slender' }),
  fungus(infundia, 'aurantia', 'orange', 'orange', { stemColour: 'orange' }),
  fungus(infundia, 'grisea', 'grey', 'grey', { stemColour: 'grey' }),
  fungus(infundia, 'lutea', 'yellow', 'yellow', { stemColour: 'yellow' }),
  fungus(galerola, 'brunnea', 'brown', 'brown'),
  fungus(galerola, 'rosea', 'pink', 'pink'),
  fungus(galerola, 'grisea', 'grey', 'grey'),
  fungus(galerola, 'maculata', 'spotted', 'brown', { spots: 'yellow' }),
  fungus(boletora, 'brunnea', 'brown', 'brown'),
  fungus(boletora, 'erythropus', 'red-footed', 'brown', { stemColour: 'red' }),
  fungus(boletora, 'lutea', 'yellow', 'yellow', { stemColour: 'yellow' }),
  fungus(favella, 'ochracea', 'ochre', 'ochre'),
  fungus(favella, 'brunnea', 'brown', 'brown'),
  fungus(globera, 'alba', 'white', 'white'),
  fungus(globera, 'maculata', 'spotted', 'ochre', { spots: 'brown' }),
];
