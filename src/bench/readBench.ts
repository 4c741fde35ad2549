import { join } from 'node:path';
import { projectRoot } from '../data/projectRoot';
import { isObject, type Reader, readJson, ValueError } from '../files/checkedJson';
import type { StepProfile } from './profile';
import type { SavedBench } from './writeBench';

/** The committed measurements. */
const FOLDER = join(projectRoot(), 'results', 'bench');

/**
 * A measurement as `writeBench` wrote it, `training` for `training.json`.
 *
 * @param folder default the committed ones, `results/bench`
 * @throws Error naming the file where it is not there or holds something else
 */
export function readBench(name: string, folder = FOLDER): SavedBench {
  return readJson(join(folder, `${name}.json`), savedBench);
}

/** The profiles of steps as `writeProfiles` wrote them; folder and errors as for `readBench`. */
export function readProfiles(folder = FOLDER): StepProfile[] {
  return readJson(join(folder, 'profile.json'), profiles);
}

const savedBench: Reader<SavedBench> = (value, place) => {
  const measured = isObject(value) ? value.measured : undefined;
  if (isObject(measured) && Array.isArray(measured.rows)) return value as unknown as SavedBench;
  throw new ValueError(
    place,
    'expected a measurement with rows, as "clipbook bench" writes it; measure anew.',
  );
};

const profiles: Reader<StepProfile[]> = (value, place) => {
  if (!Array.isArray(value) || !value.every((one) => isObject(one) && isObject(one.operations))) {
    throw new ValueError(
      place,
      'expected profiles, as "clipbook bench --profile" writes them; measure anew.',
    );
  }
  return value.map((one) => ({ ...one, operations: new Map(Object.entries(one.operations)) }));
};
