import he from 'he';
import sharp, { type Sharp } from 'sharp';

/** A picture for a grid: an encoded file, or RGB bytes `[size, size, 3]`. */
export type Picture = Uint8Array | { pixels: Uint8Array; size: number };

/** How a grid of pictures is laid out. */
export interface GridOptions {
  /** Side of a picture on the page, in pixels; default 96. */
  side?: number;
  /** Pictures in a row; default as many as fit. */
  columns?: number;
  /** A number for each picture, such as a cosine or a probability, shown with two digits below its caption. */
  scores?: readonly number[];
}

/** The single pictures of a batch's `[batch, size, size, 3]` bytes. */
export function picturesOfBatch({ pixels, size }: { pixels: Uint8Array; size: number }): Picture[] {
  const bytes = size * size * 3;
  return Array.from({ length: pixels.length / bytes }, (_, i) => ({
    pixels: pixels.subarray(i * bytes, (i + 1) * bytes),
    size,
  }));
}

/**
 * A grid of captioned pictures as HTML with the pictures inside (WebP, at most `side` pixels, about 2 kB each), so that
 * a notebook or a report carries them along. A line break in a caption starts a new line.
 *
 * @throws when there are captions or scores, but not one for each picture.
 */
export async function picturesHtml(
  pictures: readonly Picture[],
  captions: readonly string[] = [],
  { side = 96, columns, scores = [] }: GridOptions = {},
): Promise<string> {
  if (scores.length > 0 && scores.length !== pictures.length) {
    throw new Error(`Expected a score for each of ${pictures.length} pictures, got ${scores.length}.`);
  }
  if (captions.length > 0 && captions.length !== pictures.length) {
    throw new Error(`Expected a caption for each of ${pictures.length} pictures, got ${captions.length}.`);
  }
  const cells = pictures.map(async (picture, i) => {
    const caption = he.escape(captions[i] ?? '');
    const style = `width:${side}px;margin:0;font-size:11px;line-height:1.3;overflow-wrap:anywhere;white-space:pre-line`;
    const image = `<img alt="${caption}" width="${side}" height="${side}" style="border-radius:4px" src="${await thumbnail(picture, side)}">`;
    return `<figure style="${style}">${image}<figcaption>${caption}${scoreHtml(scores[i])}</figcaption></figure>`;
  });
  const rows = columns
    ? `display:grid;grid-template-columns:repeat(${columns},${side}px)`
    : 'display:flex;flex-wrap:wrap';
  const grid = `${rows};gap:12px;align-items:start`;
  return `<div class="clipbook-pictures" style="${grid}">\n${(await Promise.all(cells)).join('\n')}\n</div>`;
}

function scoreHtml(score: number | undefined): string {
  if (score === undefined) return '';
  const text = score.toFixed(2).replace('-', '−');
  return `<span style="display:block;font-variant-numeric:tabular-nums;font-weight:600">${text}</span>`;
}

/**
 * A picture as an address that holds it, `data:image/…`, for pictures inside figures and drawings: PNG or JPEG, whichever
 * is shorter, because not everything that draws SVG reads WebP.
 *
 * @param side of the square on the page in pixels; stored at twice that
 * @param grey pale and without colour, as a ground to draw on
 */
export async function pictureUri(picture: Picture, side: number, grey = false): Promise<string> {
  const square = squared(picture, 2 * side);
  const toned = grey ? square.greyscale().linear(0.7, 77) : square;
  const [png, jpeg] = await Promise.all([
    toned.clone().png({ palette: true }).toBuffer(),
    toned.clone().jpeg({ quality: 88, chromaSubsampling: '4:4:4' }).toBuffer(),
  ]);
  return png.length < jpeg.length
    ? `data:image/png;base64,${png.toString('base64')}`
    : `data:image/jpeg;base64,${jpeg.toString('base64')}`;
}

async function thumbnail(picture: Picture, side: number): Promise<string> {
  const webp = await squared(picture, side).webp({ quality: 82 }).toBuffer();
  return `data:image/webp;base64,${webp.toString('base64')}`;
}

/** The whole picture on a white square; small ones keep their pixels apart. */
function squared(picture: Picture, side: number): Sharp {
  const source =
    picture instanceof Uint8Array
      ? sharp(picture)
      : sharp(picture.pixels, { raw: { width: picture.size, height: picture.size, channels: 3 } });
  const small = !(picture instanceof Uint8Array) && picture.size < side;
  return source
    .resize(side, side, { fit: 'contain', background: '#ffffff', kernel: small ? 'nearest' : 'lanczos3' })
    .flatten({ background: '#ffffff' });
}
