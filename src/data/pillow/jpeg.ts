import { pictureKernels } from '../../engine';
import { type JpegHeader, readJpegHeader } from './jpegHeader';
import type { RgbPicture } from './picture';

const END_OF_IMAGE = 0xffd9;

/**
 * The header of a JPEG that the engine's kernels decode: they give the bytes that sharp gives, in a third of the time. Null
 * for other pictures, for colours of four inks, for more pixels than the limit, for a file that does not end as a JPEG ends (of
 * which TensorFlow would complain aloud), and where the kernels are not there.
 */
export function quickJpeg(encoded: Buffer, limitInputPixels: number): JpegHeader | null {
  if (!pictureKernels()) return null;
  if (encoded.length < 2 || encoded.readUInt16BE(encoded.length - 2) !== END_OF_IMAGE) return null;
  const header = readJpegHeader(encoded);
  if (!header?.isCommon || (header.components !== 1 && header.components !== 3)) return null;
  return header.width * header.height <= limitInputPixels ? header : null;
}

/** Decodes what `quickJpeg` found, beside the main thread; null where the picture is damaged. */
export async function decodeJpeg(encoded: Buffer, { width, height }: JpegHeader): Promise<RgbPicture | null> {
  const data = new Uint8Array(height * width * 3);
  const isDone = await pictureKernels()!.decodeJpeg(encoded, height, width, data);
  return isDone ? { data, width, height } : null;
}
