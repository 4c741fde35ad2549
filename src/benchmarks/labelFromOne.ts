/**
 * The label of a class that a file counts from 1, as MATLAB does.
 *
 * @param place of the number, as errors call it
 * @throws Error where there is no such class
 */
export function labelFromOne(number: number, classes: number, place: string): number {
  if (Number.isInteger(number) && number >= 1 && number <= classes) return number - 1;
  throw new Error(
    `Expected a class from 1 to ${classes} for ${place}, got ${number}; is it the right file, and whole?`,
  );
}
