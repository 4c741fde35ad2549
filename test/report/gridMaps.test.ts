import assert from 'node:assert/strict';
import { filterPictures, gridMapsDrawing } from '../../src/report';
import { assertReadable, textBoxes } from './svgTexts';

const VALUES = [
  [0.5, -1],
  [0, 0.25],
];
const picture = { pixels: Uint8Array.from({ length: 12 }, (_, i) => 20 * i), size: 2 };

describe('maps on a grid', () => {
  it('share one scale and are readable', async () => {
    const maps = ['one', 'a map with a label of several words', 'three'].map((label) => ({
      label,
      values: VALUES,
    }));
    const { svg } = await gridMapsDrawing({
      id: 'm',
      title: 'Maps',
      note: 'a note',
      columns: 2,
      unit: 'cosine',
      maps: [...maps, { label: 'four', values: VALUES, picture, mark: [1, 0] }],
    });
    await assertReadable(svg);
    const texts = textBoxes(svg).map(({ text }) => text);
    for (const text of ['−1', '1', 'cosine', 'three']) assert.ok(texts.includes(text), text);
    assert.equal(svg.match(/<image /g)?.length, 1);
    const opacities = [...svg.matchAll(/fill-opacity="([\d.]+)"/g)]
      .slice(0, 4)
      .map(([, value]) => Number(value));
    assert.deepEqual(opacities, [0.425, 0.85, 0, 0.212]);
    assert.equal(svg.match(/stroke-width="1.5"/g)?.length, 1);
  });

  it('end their colours where they are told', async () => {
    const { svg } = await gridMapsDrawing({
      id: 'm',
      title: 'Maps',
      columns: 1,
      unit: 'points',
      range: 0.25,
      maps: [{ label: '', values: VALUES }],
    });
    assert.match(svg, /fill-opacity="0.850"/);
    assert.ok(textBoxes(svg).some(({ text }) => text === '≤ −0.25'));
    await assert.rejects(
      gridMapsDrawing({ id: 'm', title: '', columns: 1, unit: '', maps: [] }),
      /at least one map/,
    );
  });
});

describe('filters as pictures', () => {
  it('put the largest first, grey at zero, channels interleaved', () => {
    const small = [
      [
        [1, 0],
        [0, 0],
      ],
      [
        [0, 0],
        [0, 0],
      ],
      [
        [0, 0],
        [0, 0],
      ],
    ];
    const large = [
      [
        [0, 0],
        [0, 0],
      ],
      [
        [2, -2],
        [0, 0],
      ],
      [
        [0, 1],
        [0, 0],
      ],
    ];
    const [first, second] = filterPictures([small, large], 2) as { pixels: Uint8Array; size: number }[];
    assert.deepEqual([...first.pixels.subarray(0, 6)], [128, 255, 128, 128, 0, 191]);
    assert.equal(second.pixels[0], 255);
    assert.equal(filterPictures([small, large], 1).length, 1);
  });
});
