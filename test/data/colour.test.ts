import assert from 'node:assert/strict';
import { applyAppearance, drawAppearance, type JitterStep, UNCHANGED } from '../../src/data/appearance';
import { blurPicture, blurRadius } from '../../src/data/blur';
import {
  adjustBrightness,
  adjustContrast,
  adjustHue,
  adjustSaturation,
  makeGrey,
} from '../../src/data/colour';
import { createRandom } from '../../src/engine/random';
import golden from '../golden/colour.json';
import { assertClose } from '../golden/compare';

const picture = () => Float32Array.from(golden.bytes, (byte) => byte / 255);

const CHANGES: Record<string, (picture: Float32Array, amount: number) => void> = {
  brightness: adjustBrightness,
  contrast: adjustContrast,
  saturation: adjustSaturation,
  hue: adjustHue,
  grey: makeGrey,
  blur: (values, sigma) => blurPicture(values, golden.size, sigma),
};

describe('changes of colours and blur', () => {
  for (const [name, amount, expected] of golden.cases as [string, number, number[]][]) {
    it(`equal torchvision's: ${name} ${amount.toFixed(2)}`, () => {
      const changed = picture();
      CHANGES[name](changed, amount);
      assertClose(changed, expected);
    });
  }

  it('change nothing at factor 1 and at no turn or a whole one', () => {
    for (const [name, amount] of [
      ['brightness', 1],
      ['contrast', 1],
      ['saturation', 1],
      ['hue', 0],
      ['hue', 1],
      ['hue', -2],
    ] as const) {
      const changed = picture();
      CHANGES[name](changed, amount);
      assertClose(changed, picture(), 1e-6, `${name} ${amount}`);
    }
  });

  it('turn red to green to blue by thirds of the circle, and add up', () => {
    const red = Float32Array.of(1, 0, 0);
    adjustHue(red, 1 / 3);
    assertClose(red, [0, 1, 0]);
    adjustHue(red, 1 / 3);
    assertClose(red, [0, 0, 1]);
    const [once, twice] = [picture(), picture()];
    adjustHue(once, 0.3);
    adjustHue(twice, 0.4);
    adjustHue(twice, -0.1);
    assertClose(twice, once);
  });
});

describe('blurPicture', () => {
  it('leaves a plain picture as it is, however wide the blur', () => {
    const plain = new Float32Array(5 * 5 * 3).fill(0.3);
    blurPicture(plain, 5, 40);
    assertClose(plain, new Float32Array(75).fill(0.3), 1e-6);
  });

  it('spreads a point evenly in both directions and keeps its weight and channel', () => {
    const [size, middle] = [15, 7];
    const point = new Float32Array(size * size * 3);
    const at = (y: number, x: number) => (y * size + x) * 3;
    point[at(middle, middle)] = 1;
    blurPicture(point, size, 1);
    assertClose([point.reduce((sum, value) => sum + value, 0)], [1]);
    assertClose([point[at(5, 7)]], [point[at(7, 9)]], 1e-7);
    assertClose([point[at(8, 7)] / point[at(7, 7)]], [Math.exp(-0.5)]);
    assert.equal(point[at(middle, middle) + 1], 0);
  });

  it('reaches three deviations, and never past what can be mirrored', () => {
    assert.equal(blurRadius(48, 0.1), 1);
    assert.equal(blurRadius(48, 2), 6);
    assert.equal(blurRadius(4, 2), 3);
    const single = Float32Array.of(0.2, 0.4, 0.6);
    blurPicture(single, 1, 2);
    assertClose(single, [0.2, 0.4, 0.6], 1e-6);
  });
});

describe('applyAppearance', () => {
  it('does the jitter in its order, then grey, then blur, as torchvision in that order', () => {
    for (const { steps, values } of golden.chains as { steps: [string, number][]; values: number[] }[]) {
      const amounts = Object.fromEntries(steps);
      const order = steps.map(([name]) => name).filter((name) => name in UNCHANGED.jitter) as JitterStep[];
      const changed = picture();
      applyAppearance(changed, golden.size, {
        jitter: { ...UNCHANGED.jitter, ...amounts },
        order,
        grey: 'grey' in amounts,
        sigma: amounts.blur,
      });
      assertClose(changed, values, 1e-5, order.join(', '));
    }
  });
});

describe('drawAppearance', () => {
  const jitter = { probability: 0.8, brightness: 0.4, contrast: 0.3, saturation: 0.2, hue: 0.1 };
  const options = { jitter, grey: 0.2, blur: { probability: 0.5, sigma: [0.1, 2] as const } };
  const random = createRandom(1);
  const drawn = Array.from({ length: 4000 }, () => drawAppearance(options, random));
  const jittered = drawn.filter(({ order }) => order.length > 0);
  const share = (count: number) => count / drawn.length;

  it('does each change to its share of the pictures', () => {
    assertClose([share(jittered.length)], [0.8], 0.03);
    assertClose([share(drawn.filter(({ grey }) => grey).length)], [0.2], 0.03);
    assertClose([share(drawn.filter(({ sigma }) => sigma > 0).length)], [0.5], 0.03);
  });

  it('fills the ranges evenly and stays inside', () => {
    for (const step of ['brightness', 'contrast', 'saturation', 'hue'] as const) {
      const offsets = jittered.map((look) => look.jitter[step] - UNCHANGED.jitter[step]);
      assert.ok(Math.max(...offsets.map(Math.abs)) <= jitter[step] + 1e-12, step);
      const inner = offsets.filter((offset) => Math.abs(offset) < jitter[step] / 2).length;
      assertClose([inner / jittered.length], [0.5], 0.04, step);
    }
    const sigmas = drawn.map(({ sigma }) => sigma).filter((sigma) => sigma > 0);
    assert.ok(Math.min(...sigmas) >= 0.1 && Math.max(...sigmas) <= 2 && Math.max(...sigmas) > 1.95);
  });

  it('draws each of the 24 orders as often', () => {
    const counts = new Map<string, number>();
    for (const { order } of jittered) counts.set(order.join(), (counts.get(order.join()) ?? 0) + 1);
    assert.equal(counts.size, 24);
    for (const [order, count] of counts) assertClose([(24 * count) / jittered.length], [1], 0.35, order);
  });

  it('leaves out a step without a range, and draws nothing where nothing is asked for', () => {
    const still = { probability: 1, brightness: 0.4, contrast: 0, saturation: 0, hue: 0 };
    const look = drawAppearance({ jitter: still }, createRandom(2));
    assert.deepEqual(look.order, ['brightness']);
    assert.deepEqual({ ...look.jitter, brightness: 1 }, UNCHANGED.jitter);
    const generator = createRandom(3);
    const before = generator.getState();
    assert.deepEqual(drawAppearance({}, generator), UNCHANGED);
    assert.deepEqual(generator.getState(), before);
  });
});
