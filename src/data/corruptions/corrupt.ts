import { createRandom } from '../../engine/random';
import type { RgbPicture } from '../pillow/picture';
import { defocusBlur, glassBlur, motionBlur, zoomBlur } from './blur';
import { contrast, jpegCompression, pixelate } from './digital';
import { elasticTransform } from './elastic';
import { gaussianBlur, saturate, speckleNoise } from './extra';
import { gaussianNoise, impulseNoise, shotNoise } from './noise';
import { type Corruption, SEVERITIES, type Severity } from './severity';
import { brightness, fog, frost, snow } from './weather';

/** ImageNet-C's 15 corruptions by their published names, in the order of its tables. */
export const CORRUPTIONS = {
  gaussian_noise: gaussianNoise,
  shot_noise: shotNoise,
  impulse_noise: impulseNoise,
  defocus_blur: defocusBlur,
  glass_blur: glassBlur,
  motion_blur: motionBlur,
  zoom_blur: zoomBlur,
  snow,
  frost,
  fog,
  brightness,
  contrast,
  elastic_transform: elasticTransform,
  pixelate,
  jpeg_compression: jpegCompression,
} satisfies Record<string, Corruption>;

/** Its extra ones, for validation. */
export const EXTRA_CORRUPTIONS = {
  speckle_noise: speckleNoise,
  gaussian_blur: gaussianBlur,
  saturate,
} satisfies Record<string, Corruption>;

export type CorruptionName = keyof typeof CORRUPTIONS;

/**
 * A corrupted copy of a picture (Hendrycks and Dietterich 2019, ImageNet-C), with the published constants.
 *
 * Those are meant for pictures of 224 × 224 as a model sees them: scale and cut first, corrupt, then normalise. Smaller
 * pictures are hit harder by blurs. ImageNet-C itself was saved as JPEG of quality 85 after it was corrupted; this is not.
 *
 * @param seed one seed, name, severity and size of picture give one result; take the picture's key into it, lest all have
 * the same noise
 * @throws for a name or severity that does not exist, or data that are not RGB bytes of the size
 */
export async function corruptImage(
  picture: RgbPicture,
  name: CorruptionName | keyof typeof EXTRA_CORRUPTIONS,
  severity: Severity,
  seed: number | string,
): Promise<RgbPicture> {
  const known: Partial<Record<string, Corruption>> = { ...CORRUPTIONS, ...EXTRA_CORRUPTIONS };
  const corruption = known[name];
  if (!corruption) {
    throw new Error(`Expected one of ${Object.keys(known).join(', ')}, got "${name}".`);
  }
  if (!SEVERITIES.includes(severity)) throw new Error(`Expected a severity from 1 to 5, got ${severity}.`);
  const { data, width, height } = picture;
  if (!(width >= 1 && height >= 1) || data.length !== 3 * width * height) {
    throw new Error(`Expected RGB bytes of ${width} × ${height} pixels, got ${data.length} bytes.`);
  }
  return corruption(picture, severity, createRandom(seed).fork(name));
}
