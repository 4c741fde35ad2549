import type { TaskDefinition } from '../../../src/data/types';
import type { Concept } from './concepts';
import {
  CALTECH101,
  CIFAR10,
  CIFAR100,
  MORE_SCENES,
  NOT_ANIMALS,
  NOT_PLANTS,
  NOT_SCENES,
  NOT_VEHICLES,
} from './taskClasses';

/** Class name → labels of the concepts that show it. */
type Classes = Map<string, string[]>;

interface Plan {
  id: string;
  column: string;
  title: string;
  classes: (concepts: Concept[]) => Classes;
  lowResolution?: number;
}

const TEMPLATES = ['{}', 'a drawing of a {}', 'an emoji of a {}', 'a picture of the {}'];

const PLANS: Plan[] = [
  {
    id: 'imagenet-mini',
    column: 'ImageNet-1K',
    title: 'Every emoji concept',
    classes: where(() => true),
  },
  {
    id: 'cifar10-mini',
    column: 'CIFAR-10',
    title: "CIFAR-10's ten classes, several concepts each",
    classes: () => new Map(Object.entries(CIFAR10)),
    lowResolution: 32,
  },
  {
    id: 'cifar100-mini',
    column: 'CIFAR-100',
    title: 'A hundred common concepts at 32 px',
    classes: chosen(CIFAR100),
    lowResolution: 32,
  },
  {
    id: 'cars-mini',
    column: 'Cars',
    title: 'Vehicles',
    classes: where(
      ({ subgroup, label }) => /^transport-(ground|water|air)$/.test(subgroup) && !NOT_VEHICLES.has(label),
    ),
  },
  {
    id: 'pets-mini',
    column: 'Pets',
    title: 'Animals',
    classes: where(({ subgroup, label }) => /^animal-/.test(subgroup) && !NOT_ANIMALS.has(label)),
  },
  {
    id: 'sun397-mini',
    column: 'SUN397',
    title: 'Places, buildings and weather',
    classes: where(isScene),
  },
  {
    id: 'food101-mini',
    column: 'Food-101',
    title: 'Food',
    classes: where(({ subgroup }) => /^food-/.test(subgroup)),
  },
  {
    id: 'flowers102-mini',
    column: 'Flowers-102',
    title: 'Flowers and other plants',
    classes: where(({ subgroup, label }) => /^plant-/.test(subgroup) && !NOT_PLANTS.has(label)),
  },
  {
    id: 'caltech101-mini',
    column: 'Caltech-101',
    title: 'A hundred everyday things',
    classes: chosen(CALTECH101),
  },
];

/**
 * The zero-shot tasks over the concepts that have a test picture, and for each label its class index in every task.
 * @throws where a chosen label has no test picture.
 */
export function planTasks(concepts: Concept[]) {
  const byLabel = new Map(concepts.map((concept) => [concept.label, concept]));
  const memberships = new Map<string, Record<string, number>>();
  const tasks = PLANS.map(({ classes: plan, ...rest }): TaskDefinition => {
    const classes = plan(concepts);
    [...classes.values()].forEach((labels, index) => {
      for (const label of labels) {
        if (!byLabel.has(label))
          throw new Error(`Expected a test picture of "${label}" for ${rest.id}; change its list.`);
        memberships.set(label, { ...memberships.get(label), [rest.id]: index });
      }
    });
    return {
      id: rest.id,
      column: rest.column,
      group: 'general',
      title: rest.title,
      templates: TEMPLATES,
      classes: [...classes.keys()],
      seen: [...classes.values()].map((labels) => labels.some((label) => !byLabel.get(label)?.heldOut)),
      ...(rest.lowResolution && { lowResolution: rest.lowResolution }),
    };
  });
  return { tasks, memberships };
}

function where(test: (concept: Concept) => boolean) {
  return (concepts: Concept[]): Classes =>
    new Map(concepts.filter(test).map(({ label }) => [label, [label]]));
}

function chosen(labels: string[]) {
  return (): Classes => new Map(labels.map((label) => [label, [label]]));
}

function isScene({ subgroup, label }: Concept): boolean {
  if (MORE_SCENES.has(label)) return true;
  if (/\bmoon\b|^globe/.test(label) || NOT_SCENES.has(label)) return false;
  return /^place-(geographic|building|religious|other)$|^sky-weather$/.test(subgroup);
}
