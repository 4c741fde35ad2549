import sharp from 'sharp';

/** What is compared of a picture: a difference hash of 64 bits in two words, and a 16×16 RGB thumbnail. */
export interface Fingerprint {
  hash: [number, number];
  thumbnail: Uint8Array;
}

/** Two pictures count as the same drawing when at most this many of 64 hash bits differ … */
const MOST_BITS = 4;
/** … and the thumbnails differ by at most this much on average, of 255. */
const MOST_DIFFERENCE = 8;

/** Reads a picture's fingerprint; the hash has one bit per pair of neighbours in a 9×8 grey thumbnail. */
export async function fingerprint(image: Buffer): Promise<Fingerprint> {
  const grey = await sharp(image).greyscale().resize(9, 8, { fit: 'fill' }).raw().toBuffer();
  const thumbnail = await sharp(image).removeAlpha().resize(16, 16, { fit: 'fill' }).raw().toBuffer();
  const hash: [number, number] = [0, 0];
  for (let bit = 0; bit < 64; bit++) {
    const at = Math.floor(bit / 8) * 9 + (bit % 8);
    if (grey[at] < grey[at + 1]) hash[bit >> 5] |= 1 << (bit & 31);
  }
  return { hash, thumbnail: new Uint8Array(thumbnail) };
}

/** Whether two pictures are, to the eye, the same drawing. */
export function nearlyEqual(a: Fingerprint, b: Fingerprint): boolean {
  const bits = ones(a.hash[0] ^ b.hash[0]) + ones(a.hash[1] ^ b.hash[1]);
  if (bits > MOST_BITS) return false;
  let sum = 0;
  for (let i = 0; i < a.thumbnail.length; i++) sum += Math.abs(a.thumbnail[i] - b.thumbnail[i]);
  return sum / a.thumbnail.length <= MOST_DIFFERENCE;
}

function ones(word: number): number {
  let count = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) count++;
  return count;
}
