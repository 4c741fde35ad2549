import type { Picture } from './pictures';

/**
 * The filters of a patch embedding as pictures of themselves, those with the largest norm first: grey is 0, a brighter channel
 * above it, a darker one below; each on a scale of its own.
 *
 * @param kernel PyTorch's layout, `[width, 3, patch, patch]`, as plain numbers
 * @param count how many, at most `width`
 */
export function filterPictures(kernel: readonly number[][][][], count: number): Picture[] {
  const norms = kernel.map((filter) => Math.hypot(...filter.flat(2)));
  const order = [...norms.keys()].sort((a, b) => norms[b] - norms[a]).slice(0, count);
  return order.map((place) => {
    const channels = kernel[place];
    const size = channels[0].length;
    const largest = Math.max(...channels.flat(2).map(Math.abs)) || 1;
    const pixels = new Uint8Array(size * size * 3);
    channels.forEach((rows, channel) => {
      rows.flat().forEach((value, i) => {
        pixels[3 * i + channel] = Math.round(127.5 + (127.5 * value) / largest);
      });
    });
    return { pixels, size };
  });
}
