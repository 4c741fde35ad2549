import assert from 'node:assert/strict';
import sharp from 'sharp';
import { DIVERGING_SCALE } from '../../src/report/figures';
import { type MatrixRow, matrixFigure } from '../../src/report/matrixFigure';
import { pngUri } from '../../src/report/pngUri';
import { staticSvg } from '../../src/report/staticSvg';
import { colourOf } from '../../src/report/svgHeatmap';
import { assertReadable, textBoxes } from './svgTexts';

/** What these tests read of a trace. */
type Loose = { z: number[][]; zmin: number; zmax: number; xaxis: string; showscale: boolean };

const matrix = (size: number, diagonal: number, other: number) =>
  Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => (i === j ? diagonal : other)),
  );
const row = (label: string, size = 3, heads = 2): MatrixRow => ({
  label,
  matrices: Array.from({ length: heads }, (_, i) => matrix(size, -4, i + 1)),
});
const dot = pngUri(new Uint8Array([213, 94, 0]), 1, 1);
const input = { id: 'matrices', title: 'Matrices', rows: [row('a fox'), { ...row('an owl'), picture: dot }] };
const svgOf = (more: Partial<typeof input> & { range?: number } = {}) =>
  staticSvg(matrixFigure({ ...input, ...more }));

async function pixelOf(svg: string, x: number, y: number): Promise<string> {
  const { data, info } = await sharp(Buffer.from(svg)).raw().toBuffer({ resolveWithObject: true });
  const at = (Math.round(y) * info.width + Math.round(x)) * info.channels;
  return `#${[...data.subarray(at, at + 3)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

describe('the figure of matrices', () => {
  const traces = matrixFigure(input).data as unknown as Loose[];

  it('has a panel for each row and head, one scale symmetric around zero, one colour bar', () => {
    assert.deepEqual(
      traces.map(({ xaxis }) => xaxis),
      ['x', 'x2', 'x3', 'x4'],
    );
    assert.ok(traces.every(({ zmin, zmax }) => zmin === -2 && zmax === 2));
    assert.deepEqual(
      traces.map(({ showscale }) => showscale),
      [true, false, false, false],
    );
  });

  it('says where the diagonal goes beyond the colours, and only there', () => {
    const labels = (svg: string) => textBoxes(svg).map(({ text }) => text);
    assert.ok(labels(svgOf()).includes('≤ −2'));
    assert.ok(labels(svgOf({ range: 4 })).includes('−4'));
  });

  it('paints each cell with its colour, many of them as well as few', async () => {
    const colour = (value: number) => colourOf({ zmin: -2, zmax: 2, colorscale: DIVERGING_SCALE }, value);
    for (const size of [3, 30]) {
      const svg = svgOf({ rows: [row('a fox', size)] });
      const heading = textBoxes(svg).find(({ text }) => text === 'head 1')!;
      const [middle, top] = [(heading.left + heading.right) / 2, heading.bottom + 6];
      assert.equal(await pixelOf(svg, middle, top + 10), colour(1), `${size} channels`);
      assert.equal(await pixelOf(svg, middle - 73, top + 1), colour(-4), `${size} channels`);
    }
  });

  it('shows the pictures of its rows', async () => {
    const svg = svgOf();
    const [, x, y] = svg.match(/<image x="([\d.]+)" y="([\d.]+)"/)!.map(Number);
    assert.equal(await pixelOf(svg, x + 40, y + 40), '#d55e00');
  });

  it('is readable: nothing overlaps, nothing is cut, for few heads and many', async () => {
    const label = 'a caption of many words, about hummingbirds and chrysanthemums in the rain near a house';
    await assertReadable(svgOf());
    for (const heads of [1, 4, 8]) {
      const rows = [
        row(label, 4, heads),
        { ...row(label, 4, heads), picture: dot },
        row('Donaudampfschifffahrt', 4, heads),
      ];
      await assertReadable(svgOf({ rows, range: 0.01234 }));
    }
  });

  it('wants as many matrices in every row', () => {
    assert.throws(
      () => svgOf({ rows: [row('a', 3, 2), row('b', 3, 1)] }),
      /as many matrices each, got 2 and 1/,
    );
    assert.throws(() => svgOf({ rows: [] }), /got none/);
  });
});

describe('a PNG made by hand', () => {
  it('is read back as it was', async () => {
    const pixels = Uint8Array.from({ length: 3 * 5 * 4 }, (_, i) => (i * 37) % 256);
    const file = Buffer.from(pngUri(pixels, 5, 4).split(',')[1], 'base64');
    const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height, info.channels], [5, 4, 3]);
    assert.deepEqual([...data], [...pixels]);
  });
});
