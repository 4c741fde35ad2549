import { selectRows } from './embeddings';
import type { ProbeExamples } from './linearProbe';

/** @throws where there are fewer than two classes, or labels do not fit the pictures or the classes */
export function checkExamples({ features, labels }: ProbeExamples, classes: number): void {
  if (!Number.isInteger(classes) || classes < 2) {
    throw new Error(`Expected two classes or more, got ${classes}.`);
  }
  if (features.rows === 0 || labels.length !== features.rows) {
    throw new Error(
      `Expected one label for each picture, got ${labels.length} for ${features.rows} pictures.`,
    );
  }
  for (let i = 0; i < labels.length; i++) {
    if (!Number.isInteger(labels[i]) || labels[i] < 0 || labels[i] >= classes) {
      throw new Error(`Expected labels from 0 to ${classes - 1}, got ${labels[i]} for picture ${i}.`);
    }
  }
}

/** The examples at the given places, in their order. */
export function selectExamples(
  { features, labels }: ProbeExamples,
  places: readonly number[],
): ProbeExamples {
  return { features: selectRows(features, places), labels: places.map((place) => labels[place]) };
}
