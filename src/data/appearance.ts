import type { Random } from '../engine/random';
import { blurPicture } from './blur';
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation, makeGrey } from './colour';

/** How the look of pictures is changed at random. What is absent is not done. */
export interface AppearanceOptions {
  /** Random colours, drawn as torchvision's `ColorJitter` draws them; applied to this share of the pictures. */
  jitter?: JitterRanges & { probability: number };
  /** Probability that a picture loses its colours. */
  grey?: number;
  /** A Gaussian blur, its standard deviation uniform in `sigma`, in pixels of the model's input. */
  blur?: { probability: number; sigma: readonly [number, number] };
}

/** Factors are uniform in 1 ± the number, which is below 1; the hue's turn in ± a share of the circle, at most 1/2. */
export interface JitterRanges {
  brightness: number;
  contrast: number;
  saturation: number;
  hue: number;
}

/** What is done to the look of one picture, beside its crop. */
export interface Appearance {
  /** Factors, 1 where nothing is done; the hue's turn in shares of the circle, 0 where nothing is done. */
  jitter: JitterRanges;
  /** The steps of the jitter in the order they are done in; none where there is no jitter. */
  order: readonly JitterStep[];
  grey: boolean;
  /** The blur's standard deviation in pixels, 0 for none. */
  sigma: number;
}

export type JitterStep = keyof JitterRanges;

/** Nothing is done. */
export const UNCHANGED: Appearance = {
  jitter: { brightness: 1, contrast: 1, saturation: 1, hue: 0 },
  order: [],
  grey: false,
  sigma: 0,
};

const STEPS: Record<JitterStep, (picture: Float32Array, amount: number) => void> = {
  brightness: adjustBrightness,
  contrast: adjustContrast,
  saturation: adjustSaturation,
  hue: adjustHue,
};

/** Draws what is done to one picture: the jitter's steps in a random order, then grey, then blur. */
export function drawAppearance({ jitter, grey, blur }: AppearanceOptions, random: Random): Appearance {
  return {
    ...(jitter && happens(random, jitter.probability) ? drawJitter(jitter, random) : UNCHANGED),
    grey: happens(random, grey),
    sigma: blur && happens(random, blur.probability) ? between(random, ...blur.sigma) : 0,
  };
}

function drawJitter(ranges: JitterRanges, random: Random): Pick<Appearance, 'jitter' | 'order'> {
  const steps: JitterStep[] = ['brightness', 'contrast', 'saturation', 'hue'];
  const order = random.shuffle(steps.filter((step) => ranges[step] > 0));
  const amount = (step: JitterStep) => {
    const middle = UNCHANGED.jitter[step];
    return ranges[step] > 0 ? between(random, middle - ranges[step], middle + ranges[step]) : middle;
  };
  const [brightness, contrast, saturation, hue] = steps.map(amount);
  return { jitter: { brightness, contrast, saturation, hue }, order };
}

/**
 * Changes one picture in place.
 *
 * @param picture RGB values in [0, 1], `[size, size, 3]`
 */
export function applyAppearance(picture: Float32Array, size: number, appearance: Appearance): void {
  for (const step of appearance.order) STEPS[step](picture, appearance.jitter[step]);
  if (appearance.grey) makeGrey(picture);
  if (appearance.sigma > 0) blurPicture(picture, size, appearance.sigma);
}

/** @throws Error where a probability or a range is not one */
export function checkAppearance({ jitter, grey, blur }: AppearanceOptions): void {
  for (const [what, probability] of [
    ['jitter', jitter?.probability],
    ['grey', grey],
    ['blur', blur?.probability],
  ] as const) {
    const holds = probability === undefined || (probability >= 0 && probability <= 1);
    expect(holds, `a probability of ${what} from 0 to 1`, probability);
  }
  if (jitter) checkRanges(jitter);
  if (blur) {
    const [low, high] = blur.sigma;
    expect(low > 0 && high >= low, "a blur's sigma from above 0 upwards", `${low} to ${high}`);
  }
}

function checkRanges({ hue, ...factors }: JitterRanges & { probability: number }): void {
  for (const step of ['brightness', 'contrast', 'saturation'] as const) {
    const range = factors[step];
    expect(range >= 0 && range < 1, `a jitter of ${step} from 0 to below 1`, range);
  }
  expect(hue >= 0 && hue <= 0.5, 'a jitter of hue from 0 to 0.5, half the circle', hue);
}

function expect(holds: boolean, what: string, came?: number | string): void {
  if (!holds) throw new Error(`Expected ${what}, but the view's recipe has ${came}; correct the recipe.`);
}

/** Draws nothing where it cannot happen. */
function happens(random: Random, probability = 0): boolean {
  return probability > 0 && random.uniform() < probability;
}

function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.uniform();
}
