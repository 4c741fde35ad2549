import type { PictureSet } from './memory';

/** A square picture: RGB bytes, `[size, size, 3]`. */
export interface Square {
  pixels: Uint8Array;
  size: number;
}

/** The picture of a set at this place; its pixels are the set's own. */
export function pictureAt(set: PictureSet, index: number): Square {
  const bytes = set.size * set.size * 3;
  return { pixels: set.pixels.subarray(index * bytes, (index + 1) * bytes), size: set.size };
}

/** The set with other pixels, picture by picture; `change` returns squares of the same size. */
export function changePictures(
  set: PictureSet,
  change: (picture: Square, index: number) => Square,
): PictureSet {
  const pixels = new Uint8Array(set.pixels.length);
  const bytes = set.size * set.size * 3;
  for (let index = 0; index < set.length; index++) {
    pixels.set(change(pictureAt(set, index), index).pixels, index * bytes);
  }
  return { ...set, pixels };
}

/**
 * Cuts a picture into squares, row by row from the top left, as a vision transformer does.
 *
 * @throws where patches of this side do not fill the picture
 */
export function cutPatches({ pixels, size }: Square, patch: number): Square[] {
  const across = patchesAcross(size, patch);
  return Array.from({ length: across ** 2 }, (_, place) => {
    const cut = new Uint8Array(patch * patch * 3);
    forEachRow(place, patch, size, (start, row) => {
      cut.set(pixels.subarray(start, start + patch * 3), row * patch * 3);
    });
    return { pixels: cut, size: patch };
  });
}

/** Puts patches together again, row by row. @throws where their number is no square */
export function joinPatches(patches: readonly Square[]): Square {
  const across = Math.sqrt(patches.length);
  if (!Number.isInteger(across) || across === 0) {
    throw new Error(`Expected patches that make a square, 4, 9, 16, …, got ${patches.length}.`);
  }
  const patch = patches[0].size;
  const size = across * patch;
  const pixels = new Uint8Array(size * size * 3);
  patches.forEach(({ pixels: own }, place) => {
    forEachRow(place, patch, size, (start, row) => {
      pixels.set(own.subarray(row * patch * 3, (row + 1) * patch * 3), start);
    });
  });
  return { pixels, size };
}

/**
 * The picture once for each patch, with that patch covered by one colour (Zeiler and Fergus 2014, section 4.2): what a model
 * then no longer says, it had read there.
 *
 * @param colour red, green and blue, 0 to 255
 * @throws as `cutPatches`
 */
export function coverEachPatch(
  { pixels, size }: Square,
  patch: number,
  colour: readonly [number, number, number],
): Square[] {
  return Array.from({ length: patchesAcross(size, patch) ** 2 }, (_, place) => {
    const covered = pixels.slice();
    forEachRow(place, patch, size, (start) => {
      for (let i = 0; i < patch * 3; i++) covered[start + i] = colour[i % 3];
    });
    return { pixels: covered, size };
  });
}

function patchesAcross(size: number, patch: number): number {
  if (Number.isInteger(patch) && patch > 0 && size % patch === 0) return size / patch;
  throw new Error(
    `Expected patches that fill a picture of ${size} pixels, got ${patch}: take a divisor of ${size}.`,
  );
}

/** Where each row of a patch starts in the picture's bytes. */
function forEachRow(
  place: number,
  patch: number,
  size: number,
  visit: (start: number, row: number) => void,
): void {
  const across = size / patch;
  const [top, left] = [Math.floor(place / across) * patch, (place % across) * patch];
  for (let row = 0; row < patch; row++) visit(((top + row) * size + left) * 3, row);
}
