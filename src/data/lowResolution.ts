import sharp from 'sharp';
import { joinBytes, type PictureSet } from './memory';
import { mapConcurrently } from './streams';

/**
 * The set with every picture scaled down to `side` pixels and up again to its size: what a model of that size sees of a
 * low-resolution benchmark (`TaskDefinition.lowResolution`). Scaling is bicubic.
 */
export async function lowerResolution(set: PictureSet, side: number): Promise<PictureSet> {
  const { size, length, pixels } = set;
  const stride = size * size * 3;
  const starts = Array.from({ length }, (_, i) => i * stride);
  const results: Uint8Array[] = [];
  for await (const result of mapConcurrently(starts, 8, async (start) => {
    const small = await scale(pixels.subarray(start, start + stride), size, side);
    return scale(small, side, size);
  })) {
    results.push(result);
  }
  return { ...set, pixels: joinBytes(results) };
}

function scale(pixels: Uint8Array, from: number, to: number): Promise<Uint8Array> {
  return sharp(pixels, { raw: { width: from, height: from, channels: 3 } })
    .resize(to, to, { kernel: 'cubic' })
    .raw()
    .toBuffer();
}
