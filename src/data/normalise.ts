/** Mean and standard deviation per channel (R, G, B) of pixel values in [0, 1]. */
export type Channels = readonly [number, number, number];

/** OpenAI CLIP's normalisation (`OPENAI_DATASET_MEAN` of open_clip). */
export const CLIP_MEAN: Channels = [0.48145466, 0.4578275, 0.40821073];
/** OpenAI CLIP's normalisation (`OPENAI_DATASET_STD` of open_clip). */
export const CLIP_STD: Channels = [0.26862954, 0.26130258, 0.27577711];

/**
 * RGB bytes (any number of pixels, channels last) as normalised floats: `(byte / 255 − mean) / std`.
 * Through a table of the 3 × 256 possible values.
 */
export function pixelsToFloat(
  pixels: Uint8Array,
  { mean = CLIP_MEAN, std = CLIP_STD }: { mean?: Channels; std?: Channels } = {},
): Float32Array {
  const [red, green, blue] = [0, 1, 2].map((channel) =>
    Float32Array.from({ length: 256 }, (_, byte) => (byte / 255 - mean[channel]) / std[channel]),
  );
  const floats = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i += 3) {
    floats[i] = red[pixels[i]];
    floats[i + 1] = green[pixels[i + 1]];
    floats[i + 2] = blue[pixels[i + 2]];
  }
  return floats;
}
