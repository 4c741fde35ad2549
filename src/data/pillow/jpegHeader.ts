import type { Extent } from '../resizeGeometry';
import { tiffShort } from './headers';

/** What a JPEG says of itself before its first pixel. */
export interface JpegHeader extends Extent {
  /** 1: grey, 3: colour, 4: CMYK. */
  components: number;
  /** Baseline or progressive, in 8 bits: what every decoder reads. */
  isCommon: boolean;
  /** EXIF orientation, 1 to 8; 1 is upright. */
  orientation: number;
  /** The first part of the colour profile, if there is one. */
  profile?: Buffer;
}

/** Reads the segments up to the first scan; null where that is no JPEG, or one without a size. */
export function readJpegHeader(encoded: Buffer): JpegHeader | null {
  if (encoded.length < 4 || encoded.readUInt16BE(0) !== 0xffd8) return null;
  const header = { orientation: 1 } as JpegHeader;
  for (let at = 2; at + 4 <= encoded.length; ) {
    if (encoded[at] !== 0xff) return null;
    const marker = encoded[at + 1];
    if (marker === 0xff) {
      at++; // padding
      continue;
    }
    if (marker === START_OF_SCAN) return header.width > 0 && header.height > 0 ? header : null;
    const segment = encoded.subarray(at + 4, at + 2 + encoded.readUInt16BE(at + 2));
    at += 2 + encoded.readUInt16BE(at + 2);
    if (isFrame(marker) && segment.length >= 6) readFrame(segment, marker, header);
    else if (marker === EXIF && segment.toString('latin1', 0, 6) === 'Exif\0\0')
      header.orientation = exifOrientation(segment.subarray(6));
    else if (marker === PROFILE && segment.toString('latin1', 0, 12) === 'ICC_PROFILE\0')
      header.profile ??= segment.subarray(14);
  }
  return null;
}

const START_OF_SCAN = 0xda;
const EXIF = 0xe1;
const PROFILE = 0xe2;

/** SOF0 to SOF15, without the tables (DHT, JPG, DAC) whose numbers lie among theirs. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

function readFrame(segment: Buffer, marker: number, header: JpegHeader): void {
  header.height = segment.readUInt16BE(1);
  header.width = segment.readUInt16BE(3);
  header.components = segment[5];
  header.isCommon = marker <= 0xc2 && segment[0] === 8;
}

/** 1 where there is none, or none that there is. */
function exifOrientation(tiff: Buffer): number {
  const value = tiffShort(tiff, 0x112) ?? 1;
  return value >= 1 && value <= 8 ? value : 1;
}
