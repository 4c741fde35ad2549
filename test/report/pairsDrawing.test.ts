import assert from 'node:assert/strict';
import { pairsDrawing, type ShownPair } from '../../src/report/pairsDrawing';
import type { Picture } from '../../src/report/pictures';
import { assertReadable, textBoxes } from './svgTexts';

const picture: Picture = { pixels: Uint8Array.from({ length: 12 }, (_, i) => 20 * i), size: 2 };
const LONG =
  'a text of many words that somebody wrote under a picture, about chrysanthemums and hummingbirds, ';
const weights = { sample: 0.2512, imageText: 2, imageCaption: 1 };
const pair = (noise: ShownPair['noise'], more: Partial<ShownPair> = {}): ShownPair => ({
  picture,
  text: 'IMG_2231.jpg',
  caption: 'a red apple',
  weights,
  noise,
  ...more,
});
const draw = async (pairs: ShownPair[], columns?: number) =>
  (await pairsDrawing({ id: 'p', title: 'Lowest weights', note: 'After 250 steps.', pairs, columns })).svg;
const labels = (svg: string) => textBoxes(svg).map(({ text }) => text);

describe('pairs as cards', () => {
  const every = ['swapped', 'generic', 'partial', null, 'unknown'] as const;

  it('show both texts, the three weights and what is known of the noise', async () => {
    const svg = await draw(every.map((noise) => pair(noise)));
    const found = labels(svg);
    assert.equal(svg.match(/<image /g)?.length, 5);
    for (const text of [
      'T',
      'C',
      'IMG_2231.jpg',
      'a red apple',
      'W_s',
      'W_t',
      'W_c',
      '0.251',
      '2.000',
      '1.000',
    ]) {
      assert.equal(found.filter((one) => one === text).length, 5, text);
    }
    for (const text of ['✗ swapped text', '✗ generic text', '✗ one wrong word', 'clean', 'noise unknown']) {
      assert.equal(found.filter((one) => one === text).length, 1, text);
    }
  });

  it('have bars as long as the weights, on one scale', async () => {
    const svg = await draw([pair(null), pair(null, { weights: { ...weights, sample: 1 } })]);
    const bars = [...svg.matchAll(/width="([\d.]+)" height="8"/g)].map(([, width]) => Number(width));
    assert.equal(bars.length, 6);
    assert.ok(Math.abs(bars[0] / bars[1] - 0.2512 / 2) < 1e-2 && Math.abs(bars[3] / bars[1] - 0.5) < 1e-2);
  });

  it('cut long texts and stay readable, in one column and in three', async () => {
    const pairs = [
      pair('generic', { text: LONG.repeat(4), caption: LONG }),
      pair('unknown', { text: 'x'.repeat(200), caption: '' }),
      pair('partial'),
      pair(null),
    ];
    for (const columns of [1, 2, 3]) {
      const svg = await draw(pairs, columns);
      await assertReadable(svg);
      assert.ok(labels(svg).some((text) => text.endsWith('…')));
      assert.ok(labels(svg).includes('(empty)'));
    }
  });
});
