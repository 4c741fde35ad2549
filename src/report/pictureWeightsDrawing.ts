import type { Drawing } from './drawing';
import { drawingOf, EDGE, image, text } from './drawingParts';
import { INK, WIDTH } from './figureLayout';
import { type Picture, pictureUri } from './pictures';
import { linesOf, shortenText } from './textWidth';
import { scaleBar, shadeOf, type WeightScale, weightScale } from './weightShades';

/** A picture and how much its patches count. */
export interface WeighedPicture {
  picture: Picture;
  label?: string;
  /** `[heads][grid][grid]`, from the top left; each head sums to 1. */
  weights: readonly (readonly (readonly number[])[])[];
}

const GAP = 10;
const MOST = 132;
const BAR = 84;
const LINE = 13;

/**
 * Token weights over their pictures: a row for each picture, the picture itself at the left, then one for each head with
 * its patches shaded. Weights lie close to 1/M, so each row has colours of its own: orange patches count more than 1/M,
 * blue ones less, and the bar at the right says how much.
 *
 * @throws when the pictures have not all as many heads, or there are none
 */
export async function pictureWeightsDrawing(input: {
  id: string;
  title: string;
  /** A line under the title. */
  note?: string;
  pictures: readonly WeighedPicture[];
}): Promise<Drawing> {
  const { pictures } = input;
  const heads = headsOf(pictures);
  const side = Math.min(MOST, (WIDTH - 2 * EDGE - BAR - GAP * (heads + 1)) / (heads + 1));
  const left = (column: number) => EDGE + column * (side + GAP);
  const headings = (top: number) =>
    Array.from({ length: heads }, (_, i) =>
      text(shortenText(`head ${i + 1}`, side), left(i + 1) + side / 2, top + 10, { anchor: 'middle' }),
    ).join('');
  const rows = await Promise.all(
    pictures.map(async (one, row) => {
      const [colour, grey] = await Promise.all([
        pictureUri(one.picture, Math.round(side)),
        pictureUri(one.picture, Math.round(side), true),
      ]);
      const scale = weightScale(one.weights.map((grid) => grid.flat()));
      const caption = linesOf(one.label ?? '', side, 11, 2);
      const draw = (top: number) =>
        [
          image(colour, left(0), top, side),
          ...caption.map((line, i) =>
            text(line, left(0), top + side + 14 + LINE * i, { size: 11, colour: INK }),
          ),
          `<defs>${image(grey, 0, 0, side, `ground-${row}`)}</defs>`,
          ...one.weights.map(
            (grid, head) =>
              `<use href="#ground-${row}" x="${left(head + 1).toFixed(1)}" y="${top.toFixed(1)}"/>` +
              patches(grid, left(head + 1), top, side, scale),
          ),
          scaleBar(scale, left(heads + 1) + 4, top, side),
        ].join('\n');
      return { height: side + 44, draw };
    }),
  );
  return drawingOf(input, [{ height: 18, draw: headings }, ...rows]);
}

function headsOf(pictures: readonly WeighedPicture[]): number {
  const counts = new Set(pictures.map(({ weights }) => weights.length));
  if (counts.size !== 1 || counts.has(0)) {
    throw new Error(`Expected pictures with as many heads each, got ${[...counts].join(' and ') || 'none'}.`);
  }
  return [...counts][0];
}

function patches(
  grid: readonly (readonly number[])[],
  left: number,
  top: number,
  side: number,
  scale: WeightScale,
): string {
  const cell = side / grid.length;
  const size = `width="${cell.toFixed(2)}" height="${cell.toFixed(2)}"`;
  return grid
    .flatMap((row, r) =>
      row.map(
        (weight, c) =>
          `<rect x="${(left + c * cell).toFixed(2)}" y="${(top + r * cell).toFixed(2)}" ${size} ${shadeOf(weight, scale)}/>`,
      ),
    )
    .join('');
}
