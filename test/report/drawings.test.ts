import assert from 'node:assert/strict';
import sharp from 'sharp';
import { drawingHtml } from '../../src/report/drawing';
import { neighboursDrawing } from '../../src/report/neighboursDrawing';
import { type Picture, pictureUri } from '../../src/report/pictures';
import { pictureWeightsDrawing } from '../../src/report/pictureWeightsDrawing';
import { textWeightsDrawing } from '../../src/report/textWeightsDrawing';
import { shadeOf, weightScale } from '../../src/report/weightShades';
import { assertReadable, textBoxes } from './svgTexts';

const picture: Picture = { pixels: Uint8Array.from({ length: 12 }, (_, i) => 20 * i), size: 2 };
const LONG = 'a label of many words that goes on and on, about chrysanthemums and hummingbirds';
const labels = (svg: string) => textBoxes(svg).map(({ text }) => text);
const opacities = (svg: string) =>
  [...svg.matchAll(/ fill-opacity="([\d.]+)"/g)].map(([, value]) => Number(value));

describe('shades of weights', () => {
  const scale = weightScale([
    [0.2, 0.3, 0.25, 0.25],
    [0.25, 0.25, 0.125, 0.375],
  ]);

  it('are clear at 1/M, and as strong for half of it as for twice', () => {
    assert.deepEqual([scale.count, scale.lowest, scale.highest, scale.ratio], [4, 0.125, 0.375, 2]);
    assert.match(shadeOf(0.25, scale), /fill-opacity="0.000"/);
    assert.equal(shadeOf(0.125, scale), 'fill="#0072b2" fill-opacity="0.750"');
    assert.equal(shadeOf(0.5, scale), 'fill="#d55e00" fill-opacity="0.750"');
  });

  it('are clear where all weights are equal', () => {
    assert.match(shadeOf(0.5, weightScale([[0.5, 0.5]])), /fill-opacity="0.000"/);
  });
});

describe('token weights over pictures', () => {
  const weights = [
    [
      [0.2, 0.3],
      [0.25, 0.25],
    ],
    [
      [0.25, 0.25],
      [0.125, 0.375],
    ],
  ];
  const input = { id: 'w', title: 'Weights', pictures: [{ picture, label: LONG, weights }] };

  it('shade every patch of every head and print the range', async () => {
    const { svg } = await pictureWeightsDrawing(input);
    assert.equal(opacities(svg).length, 8);
    assert.deepEqual(opacities(svg).slice(2, 6), [0, 0, 0, 0]);
    assert.equal(Math.max(...opacities(svg)), 0.75);
    for (const text of ['× 2', '1/4', '÷ 2', '0.125 to', '0.375'])
      assert.ok(labels(svg).includes(text), text);
  });

  it('scale each picture by itself', async () => {
    const flat = weights.map((head) => head.map((row) => row.map((weight) => 0.25 + (weight - 0.25) / 100)));
    const { svg } = await pictureWeightsDrawing({
      ...input,
      pictures: [input.pictures[0], { picture, weights: flat }],
    });
    const second = opacities(svg).slice(8);
    assert.equal(Math.max(...second), 0.75);
  });

  it('are readable, for few heads and many', async () => {
    for (const heads of [1, 2, 8]) {
      const many = Array.from({ length: heads }, () => weights[0]);
      const { svg } = await pictureWeightsDrawing({
        ...input,
        pictures: [{ picture, label: LONG, weights: many }],
      });
      await assertReadable(svg);
    }
  });

  it('want as many heads for each picture', async () => {
    const odd = [...input.pictures, { picture, weights: weights.slice(1) }];
    await assert.rejects(
      pictureWeightsDrawing({ ...input, pictures: odd }),
      /as many heads each, got 2 and 1/,
    );
    await assert.rejects(pictureWeightsDrawing({ ...input, pictures: [] }), /got none/);
  });
});

describe('token weights of texts', () => {
  const tokens = ['<start_of_text>', 'a ', 'hum', 'ming', 'bird ', '<end_of_text>'];
  const even = tokens.map(() => 1 / 6);
  const shifted = [0.1, 0.2, 1 / 6, 1 / 6, 1 / 6, 0.2];
  const draw = (texts: { tokens: string[]; weights: number[][] }[]) =>
    textWeightsDrawing({ id: 't', title: 'Tokens', texts }).svg;

  it('show every token once for each head; pieces of a word touch', () => {
    const svg = draw([{ tokens, weights: [even, shifted] }]);
    const found = textBoxes(svg).filter(({ left, right }) => left > 70 && right < 660);
    const words = ['start', 'a', 'hum', 'ming', 'bird', 'end'];
    assert.deepEqual(
      found.map(({ text }) => text),
      [...words, ...words],
    );
    const boxes = [...svg.matchAll(/<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="22"/g)];
    const [, a, hum, ming] = boxes.map(([, x, width]) => ({
      left: Number(x),
      right: Number(x) + Number(width),
    }));
    assert.ok(Math.abs(ming.left - hum.right) < 0.2 && hum.left - a.right > 3);
    assert.deepEqual(opacities(svg).slice(0, 6), [0, 0, 0, 0, 0, 0]);
    assert.equal(opacities(svg)[6], 0.75);
  });

  it('stay readable over several lines, and with words longer than a line', async () => {
    const long = [
      ...tokens.slice(0, -1),
      ...LONG.split(' ').map((word) => `${word} `),
      'x'.repeat(200),
      '<end_of_text>',
    ];
    const svg = draw([
      { tokens: long, weights: [long.map(() => 1 / long.length), long.map(() => 1 / long.length)] },
      { tokens, weights: [even] },
    ]);
    await assertReadable(svg);
    assert.ok(labels(svg).some((text) => text.startsWith('xxx') && text.endsWith('…')));
  });
});

describe('nearest neighbours side by side', () => {
  const neighbour = (same: boolean, cosine: number) => ({ picture, label: LONG, cosine, same });
  const rows = [
    {
      name: 'first order',
      neighbours: [neighbour(true, 0.91234), neighbour(false, -0.5), neighbour(false, -0.6)],
    },
    { name: 'second order', neighbours: [neighbour(true, 1), neighbour(true, 0.9), neighbour(false, 0)] },
  ];
  const input = {
    id: 'n',
    title: 'Neighbours',
    note: 'Numbers are cosines.',
    queries: [{ picture, label: LONG, rows }],
  };

  it('show every picture, its cosine and what it is', async () => {
    const { svg } = await neighboursDrawing(input);
    assert.equal(svg.match(/<image /g)?.length, 7);
    for (const text of ['first order', 'second order', '0.912 ✓', '−0.500', '1.000 ✓']) {
      assert.ok(labels(svg).includes(text), text);
    }
    assert.equal(svg.match(/stroke="#009e73" stroke-width="3"/g)?.length, 3);
  });

  it('put the first order above the second', async () => {
    const boxes = textBoxes((await neighboursDrawing(input)).svg);
    const topOf = (text: string) => boxes.find((box) => box.text === text)!.top;
    assert.ok(topOf('first order') < topOf('0.912 ✓') && topOf('0.912 ✓') < topOf('second order'));
  });

  it('are readable, for one neighbour and ten, for pictures and for texts', async () => {
    for (const count of [1, 5, 10]) {
      const many = [
        { name: 'first order', neighbours: Array.from({ length: count }, () => neighbour(true, 0.123)) },
      ];
      const queries = [
        { picture, label: LONG, rows: many },
        { label: LONG, rows: many },
      ];
      await assertReadable((await neighboursDrawing({ ...input, queries })).svg);
    }
  });
});

describe('drawings', () => {
  it('go into a page as a picture whose title cannot break out', async () => {
    const drawing = textWeightsDrawing({ id: 'x', title: 'a "b" <c>', texts: [] });
    const html = drawingHtml(drawing);
    assert.match(html, /alt="a &quot;b&quot; &lt;c&gt;"/);
    const svg = Buffer.from(html.match(/base64,([^"]*)/)![1], 'base64');
    assert.equal((await sharp(svg).metadata()).width, 760);
  });

  it('hold pictures at twice the side they are shown at', async () => {
    for (const grey of [false, true]) {
      const uri = await pictureUri(picture, 30, grey);
      const { width, height } = await sharp(Buffer.from(uri.split(',')[1], 'base64')).metadata();
      assert.deepEqual([width, height], [60, 60]);
    }
  });
});
