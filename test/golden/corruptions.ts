import type { RgbPicture } from '../../src/data/pillow/picture';
import { hashes, uniform } from './formula';

/** The picture of corruptions.py: blocks in colours of their own, a slope, and fine noise. */
export function testPicture(width = 224, height = width): RgbPicture {
  const columns = Math.ceil(width / 8);
  const blocks = uniform('blocks', columns * Math.ceil(height / 8) * 3);
  const noise = uniform('noise', width * height * 3);
  const data = Uint8Array.from(noise, (fine, i) => {
    const [y, x, channel] = [Math.floor(i / (3 * width)), Math.floor(i / 3) % width, i % 3];
    const block = blocks[3 * (Math.floor(y / 8) * columns + Math.floor(x / 8)) + channel];
    return Math.min(255, Math.max(0, 120 + (y - 112) / 2 + 64 * block + 16 * fine));
  });
  return { data, width, height };
}

/** The places of a picture that corruptions.safetensors has. */
export function keptBytes({ data }: RgbPicture): Uint8Array {
  return Uint8Array.from(hashes('places', 1500), (hash) => data[hash % data.length]);
}
