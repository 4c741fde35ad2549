import assert from 'node:assert/strict';
import { CORRUPTIONS, corruptImage, EXTRA_CORRUPTIONS, SEVERITIES } from '../../../src/data/corruptions';
import type { RgbPicture } from '../../../src/data/pillow/picture';
import { golden } from '../../golden/compare';
import { keptBytes, testPicture } from '../../golden/corruptions';

type Name = Parameters<typeof corruptImage>[1];
const NAMES = Object.keys({ ...CORRUPTIONS, ...EXTRA_CORRUPTIONS }) as Name[];
const DETERMINED: readonly Name[] = [
  'defocus_blur',
  'zoom_blur',
  'brightness',
  'contrast',
  'pixelate',
  'jpeg_compression',
  'gaussian_blur',
  'saturate',
];

/** A picture of one grey. */
const grey = (level: number, side = 128): RgbPicture => ({
  data: new Uint8Array(3 * side * side).fill(level),
  width: side,
  height: side,
});

/** A chessboard of dark and light grey, with squares of 16 pixels. */
function checks(): RgbPicture {
  const picture = grey(60);
  picture.data.forEach((_, i) => {
    const [x, y] = [Math.floor(i / 3) % 128, Math.floor(i / 384)];
    if ((Math.floor(x / 16) + Math.floor(y / 16)) % 2) picture.data[i] = 200;
  });
  return picture;
}

function squaredDifference(a: RgbPicture, b: RgbPicture): number {
  return a.data.reduce((sum, value, i) => sum + (value - b.data[i]) ** 2, 0) / a.data.length;
}

function moments({ data }: RgbPicture): { mean: number; deviation: number } {
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  return {
    mean,
    deviation: Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length),
  };
}

describe("ImageNet-C's corruptions", () => {
  const answers = golden('corruptions.safetensors');

  it('number fifteen, by their published names', () => {
    assert.equal(Object.keys(CORRUPTIONS).length, 15);
    assert.deepEqual([...keptBytes(testPicture())], [...answers.get('picture')!.data]);
  });

  for (const name of DETERMINED) {
    it(`${name} equals the original's to one level, and nearly everywhere to the byte`, async () => {
      for (const severity of SEVERITIES) {
        const found = keptBytes(await corruptImage(testPicture(), name, severity, 0));
        const expected = answers.get(`${name}.${severity}`)!.data;
        const errors = Array.from(found, (value, i) => Math.abs(value - expected[i]));
        assert.ok(Math.max(...errors) <= 1, `severity ${severity}: off by ${Math.max(...errors)}`);
        const off = errors.filter((error) => error > 0).length;
        assert.ok(off <= 0.08 * errors.length, `severity ${severity}: ${off} of ${errors.length} are off`);
      }
    });
  }

  for (const name of NAMES) {
    it(`${name} keeps the size and its input, and depends on the seed alone`, async () => {
      for (const [width, height] of [
        [50, 37],
        [1, 1],
        [3, 20],
      ]) {
        const picture = testPicture(width, height);
        const before = picture.data.slice();
        const made = await corruptImage(picture, name, 3, 'a');
        assert.deepEqual([made.width, made.height, made.data.length], [width, height, 3 * width * height]);
        assert.deepEqual(picture.data, before);
        assert.deepEqual(await corruptImage(picture, name, 3, 'a'), made);
        if (width !== 50) continue;
        const other = await corruptImage(picture, name, 3, 'b');
        assert.equal(squaredDifference(made, other) === 0, DETERMINED.includes(name));
      }
    });
  }

  /** Between which severities the published constants do not lead up: they trade one harm for another. */
  const SIDEWAYS: Partial<Record<Name, readonly number[]>> = {
    glass_blur: [2, 4],
    frost: [4],
    fog: [3, 4, 5],
    elastic_transform: [3],
    pixelate: [2], // half a side falls on whole pixels
    saturate: [3],
  };
  for (const name of NAMES) {
    it(`${name} grows with its severity${SIDEWAYS[name] ? ', where it is meant to' : ''}`, async () => {
      const picture = await corruptImage(testPicture(96, 80), 'zoom_blur', 5, 0); // no edges on a grid
      const differences: number[] = [];
      for (const severity of SEVERITIES) {
        differences.push(squaredDifference(await corruptImage(picture, name, severity, 5), picture));
      }
      const rises = SEVERITIES.slice(1).filter((severity) => !SIDEWAYS[name]?.includes(severity));
      for (const severity of rises) {
        const [before, after] = differences.slice(severity - 2, severity);
        assert.ok(after > before && before > 0, `${differences.map((value) => value.toFixed(1)).join(' ')}`);
      }
    });
  }

  it('take the contrast that is left with more fog', async () => {
    const lightPlaces = Array.from(checks().data, (value) => value === 200);
    for (const [i, amount] of [1.5, 2, 2.5, 2.5, 3].entries()) {
      const { data } = await corruptImage(checks(), 'fog', SEVERITIES[i], 5);
      const means = [true, false].map((wanted) => {
        const own = data.filter((_, place) => lightPlaces[place] === wanted);
        return own.reduce((sum, value) => sum + value, 0) / own.length;
      });
      const left = (200 / 255 / (200 / 255 + amount)) * 140;
      assert.ok(Math.abs(means[0] - means[1] - left) < 4, `${means}, expected ${left} apart`);
    }
  });

  it('make noise as strong as published', async () => {
    const constants = {
      gaussian_noise: [0.08, 0.12, 0.18],
      shot_noise: [60, 25, 12],
      impulse_noise: [0.03, 0.06, 0.09, 0.17, 0.27],
      speckle_noise: [0.15, 0.2, 0.35],
    };
    const level = 102; // 0.4 of white: the noises below stay clear of black and white
    const share = level / 255;
    for (const [name, values] of Object.entries(constants)) {
      for (const [i, value] of values.entries()) {
        const made = await corruptImage(grey(level), name as Name, SEVERITIES[i], 3);
        const { mean, deviation } = moments(made);
        const changed = made.data.filter((byte) => byte !== level).length / made.data.length;
        const expected = {
          gaussian_noise: value,
          shot_noise: Math.sqrt(share / value),
          impulse_noise: Math.sqrt(value * (0.25 + (0.5 - share) ** 2) - (value * (0.5 - share)) ** 2),
          speckle_noise: value * share,
        }[name]!;
        const off = deviation / (255 * expected) - 1;
        assert.ok(
          Math.abs(off) < 0.03,
          `${name} ${value}: deviation ${deviation}, expected ${255 * expected}`,
        );
        if (name === 'impulse_noise') assert.ok(Math.abs(changed - value) < 0.005, `${changed} of ${value}`);
        else assert.ok(Math.abs(mean - level) < 1.5, `${name} ${value}: mean ${mean}`);
      }
    }
  });

  it('brighten by snow and frost, and leave white in fog as bright as it was', async () => {
    const dark = grey(40);
    for (const name of ['snow', 'frost'] as const) {
      assert.ok(moments(await corruptImage(dark, name, 3, 1)).mean > 60, name);
    }
    const foggy = await corruptImage(checks(), 'fog', 5, 1);
    assert.ok(Math.max(...foggy.data) <= Math.max(...checks().data));
  });

  it('refuse what does not exist, in one sentence', async () => {
    const picture = grey(100, 4);
    await assert.rejects(
      corruptImage(picture, 'rain' as Name, 1, 0),
      /Expected one of gaussian_noise, .*got "rain"/,
    );
    await assert.rejects(corruptImage(picture, 'snow', 6 as 5, 0), /severity from 1 to 5, got 6/);
    await assert.rejects(
      corruptImage({ ...picture, width: 5 }, 'snow', 1, 0),
      /RGB bytes of 5 × 4 pixels, got 48/,
    );
  });
});
