import { readFile } from 'node:fs/promises';
import { BadSampleError } from './badInput';
import { pixelsToFloat } from './normalise';
import { type OpenOptions, openNative } from './pillow/open';
import type { NativePicture, RgbPicture } from './pillow/picture';
import { resizeNative } from './pillow/resize';
import { fillInRgb, toRgb } from './pillow/toRgb';
import { completePreprocess, type PreprocessConfig } from './preprocessConfig';
import { planResize, type Window } from './resizeGeometry';

export type PreprocessOptions = OpenOptions;

/** A picture: the path of a file, its encoded bytes, or its pixels. */
export type PictureSource = string | Buffer | RgbPicture;

/**
 * A picture as a model's input: open_clip's transform for inference, on Pillow 13 equal to the byte before normalisation
 * wherever sharp decodes as Pillow does (all but AVIF). That means with its habits, too: see `openNative` and `toRgb`.
 * Scaling by sharp itself would be within 3 of 255 where an RGB picture shrinks, and far off elsewhere.
 *
 * ```ts
 * const image = await preprocess('cat.jpg', OPENAI_PREPROCESS(224)); // [224, 224, 3]
 * ```
 *
 * @returns normalised floats, `[height, width, 3]`
 * @throws BadSampleError `missing-file` or `corrupt-picture`, in one sentence that names the path or the given key
 */
export async function preprocess(
  source: PictureSource,
  config: PreprocessConfig,
  options: PreprocessOptions = {},
): Promise<Float32Array> {
  return pixelsToFloat(await preprocessPixels(source, config, options), completePreprocess(config));
}

/** As `preprocess`, before normalisation: RGB bytes, `[height, width, 3]`. Throws as `preprocess` does. */
export async function preprocessPixels(
  source: PictureSource,
  config: PreprocessConfig,
  options: PreprocessOptions = {},
): Promise<Uint8Array> {
  const whole = completePreprocess(config);
  const picture = await openSource(source, options);
  const plan = planResize(picture, whole);
  // open_clip leaves the interpolation out where it scales to a size that is not square by the shorter side.
  const [height, width] = whole.size;
  const interpolation = whole.resizeMode === 'shortest' && height !== width ? 'bicubic' : whole.interpolation;
  return padded(resizeNative(picture, plan, interpolation), plan.window, whole.fillColor);
}

async function openSource(source: PictureSource, options: OpenOptions): Promise<NativePicture> {
  if (Buffer.isBuffer(source)) return openNative(source, options);
  if (typeof source !== 'string') return { mode: 'rgb', ...source };
  const key = options.key ?? source;
  const encoded = await readFile(source).catch((error) => {
    throw new BadSampleError('missing-file', key, `The picture "${source}" cannot be read (${error.code}).`);
  });
  return openNative(encoded, { ...options, key });
}

/** RGB, with the fill colour where the window reaches beyond the picture. */
function padded(part: NativePicture, window: Window, fillColor: number): Uint8Array {
  const rgb = toRgb(part);
  if (part.width === window.width && part.height === window.height) return rgb;
  const fill = fillInRgb(part, fillColor);
  const result = new Uint8Array(window.width * window.height * 3);
  for (let i = 0; i < result.length; i++) result[i] = fill[i % 3];
  const [left, top] = [Math.max(0, -window.left), Math.max(0, -window.top)];
  for (let y = 0; y < part.height; y++) {
    const row = rgb.subarray(y * part.width * 3, (y + 1) * part.width * 3);
    result.set(row, ((y + top) * window.width + left) * 3);
  }
  return result;
}
