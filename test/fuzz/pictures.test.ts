import sharp from 'sharp';
import { augmentImage } from '../../src/data/augment';
import { decodeImage } from '../../src/data/decode';
import { openNative } from '../../src/data/pillow/open';
import { createRandom } from '../../src/engine/random';
import bmp from '../golden/bmp.json';
import { itTakesAnything } from './fuzz';
import { mutateBytes as mutate } from './mutate';

const says = /^The picture of sample "k7" cannot be decoded \(/;
const KEY = { key: 'k7', limitInputPixels: 1e6 };

/** 24 × 16 pixels with an edge, in a format of sharp's. */
function encode(format: 'png' | 'jpeg' | 'gif' | 'tiff' | 'webp', settings = {}): Promise<Buffer> {
  const square = { create: { width: 8, height: 8, channels: 3 as const, background: 'crimson' } };
  return sharp({ create: { width: 24, height: 16, channels: 3, background: 'teal' } })
    .composite([{ input: square, left: 3, top: 5 }])
    .toFormat(format, settings)
    .toBuffer();
}

describe('any picture', () => {
  itTakesAnything('BMP', {
    inputs: () => Object.values(bmp.pictures).map(({ file }) => Buffer.from(file, 'base64')),
    mutate,
    read: (bytes) => openNative(bytes, KEY),
    says,
  });

  itTakesAnything('other formats as Pillow has them', {
    inputs: () =>
      Promise.all([
        encode('png'),
        encode('png', { palette: true }),
        encode('gif'),
        encode('tiff', { compression: 'none' }),
        encode('jpeg'),
        encode('webp'),
      ]),
    mutate,
    read: (bytes) => openNative(bytes, KEY),
    says,
  });

  // The kernels' own way: a native library, in which a slip would end the process.
  itTakesAnything('JPEG for training', {
    inputs: () =>
      Promise.all([
        encode('jpeg'),
        encode('jpeg', { progressive: true }),
        encode('jpeg', { chromaSubsampling: '4:4:4', quality: 30 }),
        sharp({ create: { width: 40, height: 9, channels: 3, background: 'grey' } })
          .toColourspace('b-w')
          .jpeg()
          .toBuffer(),
      ]),
    mutate,
    read: (bytes) => augmentImage(bytes, createRandom(1), { size: 8, ...KEY }),
    says,
  });

  itTakesAnything('pictures for a model', {
    inputs: () => Promise.all([encode('jpeg'), encode('png'), encode('webp')]),
    mutate,
    read: (bytes) => decodeImage(bytes, { size: 8, ...KEY }),
    says,
  });
});
