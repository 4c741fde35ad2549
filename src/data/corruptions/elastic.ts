import type { Random } from '../../engine/random';
import type { Extent } from '../resizeGeometry';
import { drawLayer, mapPixels, type Pixels, toPicture, toPixels } from './pixels';
import type { Corruption, PerSeverity } from './severity';
import { smooth } from './smooth';

/**
 * Published for pictures of 224 pixels with 244 in place of 224, and kept: how far pixels move, how smoothly, and how far the
 * corners of the affine map move. The first two are large waves, the others small ones, so that they are no steps of one
 * scale.
 */
const ELASTIC: PerSeverity<{ alpha: number; sigma: number; affine: number }> = [
  { alpha: 244 * 2, sigma: 244 * 0.7, affine: 244 * 0.1 },
  { alpha: 244 * 2, sigma: 244 * 0.08, affine: 244 * 0.2 },
  { alpha: 244 * 0.05, sigma: 244 * 0.01, affine: 244 * 0.02 },
  { alpha: 244 * 0.07, sigma: 244 * 0.01, affine: 244 * 0.02 },
  { alpha: 244 * 0.12, sigma: 244 * 0.01, affine: 244 * 0.02 },
];
const PUBLISHED_SIDE = 224;

/**
 * A random affine map, then random displacements, bilinear and mirrored at the edges. Lengths are scaled by the picture's
 * shorter side over 224, since a corner that moves by 49 pixels would leave a small picture.
 */
export const elasticTransform: Corruption = (picture, severity, random) => {
  const scale = Math.min(picture.width, picture.height) / PUBLISHED_SIDE;
  const { alpha, sigma, affine } = ELASTIC[severity - 1];
  const turned = sampleAt(toPixels(picture), affineMap(picture, affine * scale, random), 1);
  const displace = () => {
    const drawn = drawLayer(picture, () => 2 * random.uniform() - 1);
    const waves = smooth(drawn, sigma * scale, { truncate: 3, border: 'reflect' });
    return mapPixels(waves, (value) => value * alpha * scale).values;
  };
  const [right, down] = [displace(), displace()];
  const { width } = picture;
  return toPicture(sampleAt(turned, (x, y) => [x + right[y * width + x], y + down[y * width + x]], 0));
};

type PlaceMap = (x: number, y: number) => readonly [number, number];

/** Where the pixels of the result come from, when three points around the centre are moved by up to `most`. */
function affineMap({ width, height }: Extent, most: number, random: Random): PlaceMap {
  const [x, y] = [Math.floor(width / 2), Math.floor(height / 2)];
  const reach = Math.max(1, Math.floor(Math.min(width, height) / 3));
  const points = [
    [x + reach, y + reach],
    [x + reach, y - reach],
    [x - reach, y - reach],
  ];
  const draw = () => most * (2 * random.uniform() - 1);
  const [a, b, c] = points.map(([px, py]) => [px + draw(), py + draw()]);
  // In the moved triangle's own coordinates, from its middle corner, both maps are the same.
  const [ux, uy, vx, vy] = [a[0] - b[0], a[1] - b[1], c[0] - b[0], c[1] - b[1]];
  const area = ux * vy - uy * vx;
  return (px, py) => {
    const [dx, dy] = [px - b[0], py - b[1]];
    const [s, t] = [(dx * vy - dy * vx) / area, (ux * dy - uy * dx) / area];
    return [points[1][0] - 2 * reach * t, points[1][1] + 2 * reach * s];
  };
}

/** @param edges how often the edge pixel counts where the picture is mirrored: 1 leaves it single, 0 doubles it */
function sampleAt(pixels: Pixels, place: PlaceMap, edges: 0 | 1): Pixels {
  const { values, width, height } = pixels;
  const sampled = new Float64Array(values.length);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [placeX, placeY] = place(x, y);
      const [px, py] = [mirrored(placeX, width, edges), mirrored(placeY, height, edges)];
      const [left, top] = [Math.floor(px), Math.floor(py)];
      const [right, down] = [px - left, py - top];
      const corner = 3 * (top * width + left);
      const across = left + 1 < width ? 3 : 0;
      const below = top + 1 < height ? 3 * width : 0;
      for (let c = corner; c < corner + 3; c++, to++) {
        const upper = values[c] + right * (values[c + across] - values[c]);
        const lower = values[c + below] + right * (values[c + below + across] - values[c + below]);
        sampled[to] = upper + down * (lower - upper);
      }
    }
  }
  return { ...pixels, values: sampled };
}

/** A place mirrored into 0 … length − 1; between a doubled edge pixel and itself nothing changes. */
function mirrored(place: number, length: number, edges: 0 | 1): number {
  const shift = edges === 1 ? 0 : 0.5;
  const span = Math.max(length - edges, 1e-9);
  const turns = Math.abs(place + shift) % (2 * span);
  const inside = (turns <= span ? turns : 2 * span - turns) - shift;
  return Math.min(length - 1, Math.max(0, inside));
}
