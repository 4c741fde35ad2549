import type { TaskDefinition } from '../../../src/data/types';
import { cropDiseases } from './diseases';
import { fungi } from './fungi';
import { medicinalLeaves } from './medicinal';
import type { Subject } from './render';
import { floweringSpecies } from './species';
import { type Mottle, mottles } from './texture';

/** A class with what it draws. */
export type PlannedClass = { name: string; seen: boolean } & ({ subject: Subject } | { mottle: Mottle });

/** A task with what its classes draw. */
export interface TaskPlan extends Omit<TaskDefinition, 'classes' | 'seen'> {
  classes: PlannedClass[];
}

const drawn = (subject: Subject, seen = true): PlannedClass => ({ name: subject.item.name, seen, subject });

/** The six tasks of the set. */
export const plans: TaskPlan[] = [
  {
    id: 'plantnet-mini',
    column: 'PlantNet',
    group: 'plant',
    title: 'Flowering species, drawn',
    templates: ['{}', 'a photo of {}', '{}, a flowering plant', 'a plant of the species {}'],
    classes: floweringSpecies.map((item) => drawn({ family: 'flower', item })),
  },
  {
    id: 'fungi-mini',
    column: 'Fungi',
    group: 'plant',
    title: 'Fungi, drawn',
    templates: ['{}', 'a photo of {}', '{}, a fungus', 'a fungus of the species {}'],
    classes: fungi.map((item) => drawn({ family: 'fungus', item })),
  },
  {
    id: 'plantvillage-mini',
    column: 'PlantVillage',
    group: 'plant',
    title: 'Leaf diseases on a plain card, drawn',
    templates: ['{}', 'a photo of a {}', 'a {} on a plain background', 'close-up of a {}'],
    classes: cropDiseases.map((item) => drawn({ family: 'diseased leaf', item }, item.seen)),
  },
  {
    id: 'medleaf-mini',
    column: 'Med. Leaf',
    group: 'plant',
    title: 'Medicinal leaves on white, drawn',
    templates: ['{}', 'a photo of {}', 'a leaf of {}', 'a single leaf of {} on white paper'],
    classes: medicinalLeaves.map((item) => drawn({ family: 'leaf', item })),
  },
  {
    id: 'plantdoc-mini',
    column: 'PlantDoc',
    group: 'plant',
    title: 'Leaf diseases in the field, drawn',
    templates: ['{}', 'a photo of a {}', 'a {} among other leaves', 'a {} in the field'],
    classes: cropDiseases.map((item) => drawn({ family: 'field leaf', item }, item.seen)),
  },
  {
    id: 'texture-control',
    column: null,
    group: 'control',
    title: 'Leaf surfaces that differ in second-order statistics only',
    templates: ['{}', 'a photo of a {}', 'close-up of a {}', 'the surface of a {}'],
    classes: mottles.map((mottle) => ({ name: mottle.name, seen: true, mottle })),
  },
];

/** What `tasks.json` holds. */
export function taskDefinitions(): TaskDefinition[] {
  return plans.map(({ classes, ...rest }) => ({
    ...rest,
    classes: classes.map(({ name }) => name),
    seen: classes.map(({ seen }) => seen),
  }));
}
