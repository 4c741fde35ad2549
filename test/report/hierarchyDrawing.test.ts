import assert from 'node:assert/strict';
import type { GridLinks } from '../../src/evaluation/patchGroups';
import { coloursOf, patchGroupsDrawing } from '../../src/report/hierarchyDrawing';
import type { Picture } from '../../src/report/pictures';
import { sentenceHierarchyDrawing } from '../../src/report/sentenceHierarchyDrawing';
import { assertReadable, textBoxes } from './svgTexts';

const picture: Picture = { pixels: Uint8Array.from({ length: 27 }, (_, i) => 9 * i), size: 3 };
const count = (svg: string, pattern: RegExp) => [...svg.matchAll(pattern)].length;

describe('groups of patches, drawn', () => {
  const links: GridLinks = {
    horizontal: [[0.9, 0.1], [0.9, 0.1], [0.2, 0.9]], // biome-ignore format: grid
    vertical: [[0.1, 0.9, 0.9], [0.1, 0.1, 0.9]], // biome-ignore format: grid
  };
  const all: GridLinks = {
    horizontal: [[1, 1], [1, 1], [1, 1]], // biome-ignore format: grid
    vertical: [[1, 1, 1], [1, 1, 1]], // biome-ignore format: grid
  };
  const draw = (layers: GridLinks[]) =>
    patchGroupsDrawing({
      id: 'groups',
      title: 'Groups of patches',
      pictures: [{ picture, label: 'three by three patches in a picture of many words', layers }],
      threshold: 0.5,
    });

  it('have a colour for each group of two or more, and a border at each weak link', async () => {
    const { svg } = await draw([links, all]);
    assert.equal(count(svg, /fill-opacity="0.5"/g), 8 + 9, 'one patch of the first block stands alone');
    assert.equal(new Set([...svg.matchAll(/fill="(#\w+)" fill-opacity/g)].map(([, fill]) => fill)).size, 2);
    assert.equal(count(svg, /class="weak"/g), 6);
    assert.deepEqual(textBoxes(svg).map(({ text }) => text).filter((text) => text.startsWith('block')), ['block 1', 'block 2']); // biome-ignore format: one line
  });

  it('are readable, for few blocks and many', async () => {
    for (const blocks of [1, 3, 12]) {
      const { svg } = await draw(Array.from({ length: blocks }, () => links));
      await assertReadable(svg);
    }
  });

  it('want as many blocks for each picture', async () => {
    const pictures = [{ picture, layers: [links] }, { picture, layers: [links, all] }]; // biome-ignore format: one line
    const input = { id: 'g', title: 'Groups', threshold: 0.5 };
    await assert.rejects(patchGroupsDrawing({ ...input, pictures }), /as many blocks each, got 1 and 2/);
    await assert.rejects(patchGroupsDrawing({ ...input, pictures: [] }), /got none/);
  });

  it('give neighbouring groups different colours', () => {
    const colours = coloursOf([[0, 0, 1], [2, 3, 1], [2, 3, 4]]); // biome-ignore format: grid
    assert.equal(colours[4], undefined);
    const [a, b, c, d] = colours;
    for (const [one, other] of [[a, b], [a, c], [a, d], [b, d], [c, d]]) assert.notEqual(one, other); // biome-ignore format: pairs
  });
});

describe('hierarchies of sentences, drawn', () => {
  const sentence = {
    tokens: ['a', 'cat', 'on', 'the', 'mat'],
    layers: [
      [0.6, 0.1, 0.2, 0.7],
      [0.9, 0.3, 0.55, 0.9],
    ],
  };
  const draw = (sentences = [sentence]) =>
    sentenceHierarchyDrawing({ id: 's', title: 'Hierarchies', sentences, threshold: 0.5 });

  it('show every link of every block, weak ones apart, and one tree', () => {
    const { svg } = draw();
    assert.equal(count(svg, /class="strong"/g), 2 + 3);
    assert.equal(count(svg, /class="weak"/g), 2 + 1);
    assert.deepEqual([...svg.matchAll(/<title>([\d.]+)</g)].map(([, link]) => Number(link)), sentence.layers.flat()); // biome-ignore format: one line
    const [, path] = svg.match(/class="tree" d="([^"]+)"/)!;
    assert.equal(count(path, /H/g), 4, 'four nodes over five tokens');
  });

  it('are readable, for short sentences and long', async () => {
    for (const copies of [1, 3, 8]) {
      const tokens = Array.from({ length: copies }, () => sentence.tokens).flat();
      const layers = [0.2, 0.6].map((link) => tokens.slice(1).map((_, i) => link + (i % 3) / 10));
      await assertReadable(draw([sentence, { tokens, layers }]).svg);
    }
    await assertReadable(draw([{ tokens: ['alone'], layers: [[], []] }]).svg);
  });

  it('want a link between any two tokens, and room', () => {
    const tokens = Array.from({ length: 80 }, () => 'on');
    assert.throws(
      () => draw([{ tokens, layers: [tokens.slice(1).map(() => 0.5)] }]),
      /at most \d+ tokens, got 80/,
    );
    const short = { ...sentence, layers: [[0.5]] };
    assert.throws(() => draw([short]), /Expected 4 links between 5 tokens, got 1/);
  });
});
