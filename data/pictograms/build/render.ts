import sharp from 'sharp';
import type { Icon, IconSet } from './sources';

/** Side of every picture, in pixels. */
export const SIDE = 64;

/** SVG is drawn at this multiple of the final side and scaled down, which keeps thin lines even. */
const OVERSAMPLING = 4;

const WEBP = { quality: 85, smartSubsample: true, effort: 6 } as const;

/** An icon as a 64×64 WebP on white, its box fitted and centred. */
export function renderIcon(icon: Icon, set: IconSet): Promise<Buffer> {
  const [left, top] = [icon.left ?? 0, icon.top ?? 0];
  const [width, height] = [icon.width ?? set.width, icon.height ?? set.height];
  const side = SIDE * OVERSAMPLING;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
    `viewBox="${left} ${top} ${width} ${height}" width="${side}" height="${side}">${icon.body}</svg>`;
  return encode(sharp(Buffer.from(svg)));
}

/** Any encoded picture as a 64×64 WebP on white. */
export function renderPicture(image: Buffer): Promise<Buffer> {
  return encode(sharp(image));
}

function encode(picture: ReturnType<typeof sharp>): Promise<Buffer> {
  return picture
    .flatten({ background: '#ffffff' })
    .resize(SIDE, SIDE, { fit: 'contain', background: '#ffffff', kernel: 'lanczos3' })
    .webp(WEBP)
    .toBuffer();
}
