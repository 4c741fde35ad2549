import sharp from 'sharp';
import { resample } from '../pillow/resample';
import { mapPixels, toPicture, toPixels } from './pixels';
import type { Corruption, PerSeverity } from './severity';

/** What processing does to pictures in ImageNet-C; `elasticTransform` has a file of its own. */

const CONTRAST: PerSeverity = [0.4, 0.3, 0.2, 0.1, 0.05];
/** Sides of the small picture, as shares. */
const PIXELATE: PerSeverity = [0.6, 0.5, 0.4, 0.3, 0.25];
const QUALITY: PerSeverity = [25, 18, 15, 10, 7];

/** Moves every value towards its channel's mean. */
export const contrast: Corruption = (picture, severity) => {
  const share = CONTRAST[severity - 1];
  const pixels = toPixels(picture);
  const means = [0, 0, 0];
  pixels.values.forEach((value, i) => {
    means[i % 3] += (3 * value) / pixels.values.length;
  });
  return toPicture(mapPixels(pixels, (value, i) => (value - means[i % 3]) * share + means[i % 3]));
};

/** Scales down and up again with Pillow's box filter. */
export const pixelate: Corruption = ({ data, ...extent }, severity) => {
  const share = PIXELATE[severity - 1];
  const [width, height] = [extent.width, extent.height].map((side) => Math.max(1, Math.trunc(side * share)));
  const small = { width, height };
  const low = resample(data, 3, extent, small, { left: 0, top: 0, ...small }, 'box');
  return { data: resample(low, 3, small, extent, { left: 0, top: 0, ...extent }, 'box'), ...extent };
};

/** Encodes as JPEG, colours at half the resolution, and decodes. */
export const jpegCompression: Corruption = async ({ data, width, height }, severity) => {
  const encoded = await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: QUALITY[severity - 1], chromaSubsampling: '4:2:0' })
    .toBuffer();
  return { data: new Uint8Array(await sharp(encoded).raw().toBuffer()), width, height };
};
