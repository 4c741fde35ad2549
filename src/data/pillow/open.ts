import sharp, { type Metadata, type SharpOptions } from 'sharp';
import { corruptPicture, PIXEL_LIMIT } from '../decode';
import { isBmp, readBmp } from './bmp';
import { isGreyRamp, makeOpaque, paintSurroundings, readGifFrame } from './gif';
import { pngColourType, pngPalette, tiffHasPalette } from './headers';
import { decodeJpeg, quickJpeg } from './jpeg';
import { BLACK_AND_WHITE, type NativePicture } from './picture';

export interface OpenOptions {
  /** Names the picture in errors; default "picture". */
  key?: string;
  /** Whether a picture is turned as its EXIF orientation says. Default false, as open_clip has it. */
  rotate?: boolean;
  /** Larger pictures (width × height) are refused, so that a hostile file cannot fill the memory; default 100 million. */
  limitInputPixels?: number;
}

/**
 * Decodes a picture into the colours that Pillow's `Image.open` gives it.
 *
 * Colour profiles are ignored; EXIF orientation, too, but for TIFF, which Pillow turns by itself. Of an animation the
 * first frame is taken. 16 bits become 8, but for one grey band. A transparent colour in place of an alpha channel is a
 * colour like any other. BMP, which sharp does not read, is read here. What sharp opens and Pillow does not (SVG) becomes RGBA.
 *
 * @throws BadSampleError `corrupt-picture` with one sentence that names the key
 */
export async function openNative(encoded: Buffer, options: OpenOptions = {}): Promise<NativePicture> {
  const { key = 'picture', rotate = false, limitInputPixels = PIXEL_LIMIT } = options;
  const settings = { failOn: 'error', ignoreIcc: true, limitInputPixels } as const;
  try {
    if (encoded.length === 0) throw new Error('it is empty');
    if (isBmp(encoded)) return readBmp(encoded, limitInputPixels);
    const jpeg = quickJpeg(encoded, limitInputPixels);
    if (jpeg && !(rotate && jpeg.orientation !== 1)) {
      const decoded = await decodeJpeg(encoded, jpeg);
      if (decoded) return { mode: 'rgb', ...decoded };
    }
    const metadata = await sharp(encoded, settings).metadata();
    const autoOrient = rotate || metadata.format === 'tiff';
    if (metadata.format === 'gif') return await openGif(encoded, settings);
    return await open(encoded, metadata, { ...settings, autoOrient });
  } catch (error) {
    throw corruptPicture(key, error);
  }
}

async function open(encoded: Buffer, metadata: Metadata, settings: SharpOptions): Promise<NativePicture> {
  const { format, space } = metadata;
  if (space === 'cmyk') {
    const { bytes, ...extent } = await readRaw(encoded, settings, 'cmyk', 4);
    return { mode: 'cmyk', data: bytes, ...extent };
  }
  const hasPalette = metadata.isPalette || (format === 'tiff' && tiffHasPalette(encoded));
  const hasColourKey = format === 'png' && pngColourType(encoded) < 4;
  if (metadata.hasAlpha && !hasPalette && !hasColourKey) {
    const { bytes, ...extent } = await readRaw(encoded, settings, 'srgb', 4);
    return { mode: 'rgba', data: bytes, ...extent };
  }
  if (space === 'grey16') {
    const { bytes, ...extent } = await readRaw(encoded, settings, 'grey16', 1);
    const data = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
    return { mode: 'grey16', data, ...extent };
  }
  const { bytes, ...extent } = await readRaw(encoded, settings, 'srgb', 3);
  if (!hasPalette && metadata.bitsPerSample !== 1) return { mode: 'rgb', data: bytes, ...extent };
  const filePalette = format === 'png' ? pngPalette(encoded) : undefined;
  return { mode: 'picked', data: bytes, palette: hasPalette ? filePalette : BLACK_AND_WHITE, ...extent };
}

async function openGif(encoded: Buffer, settings: SharpOptions): Promise<NativePicture> {
  const frame = readGifFrame(encoded);
  const { bytes, ...extent } = await readRaw(makeOpaque(encoded, frame), settings, 'srgb', 3);
  paintSurroundings(bytes, extent, frame);
  if (isGreyRamp(frame.palette)) return { mode: 'rgb', data: bytes, ...extent };
  return { mode: 'picked', data: bytes, palette: frame.palette, ...extent };
}

/** The first bands of every pixel in the colour space, converted without profiles. */
async function readRaw(
  encoded: Buffer,
  settings: SharpOptions,
  space: 'srgb' | 'cmyk' | 'grey16',
  bands: number,
) {
  const { data, info } = await sharp(encoded, settings)
    .pipelineColourspace(space)
    .toColourspace(space)
    .raw({ depth: space === 'grey16' ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const stride = data.length / (width * height);
  const bytes = channels === bands ? data : pickBytes(data, stride, (stride / channels) * bands);
  return { bytes, width, height };
}

/** The first `count` of every `stride` bytes. */
function pickBytes(data: Uint8Array, stride: number, count: number): Uint8Array {
  const result = new Uint8Array((data.length / stride) * count);
  for (let from = 0, to = 0; from < data.length; from += stride) {
    for (let i = 0; i < count; i++) result[to++] = data[from + i];
  }
  return result;
}
