import type { Random } from '../../engine/random';
import type { Extent } from '../resizeGeometry';
import { blurAlong } from './motion';
import { addLayer, drawLayer, mapPixels, type Pixels, toPicture, toPixels } from './pixels';
import { plasma } from './plasma';
import type { Corruption, PerSeverity } from './severity';
import { zoomIn } from './zoom';

/** The weather of ImageNet-C. */

interface SnowConstants {
  /** Mean and spread of the noise that flakes are made of, their enlargement, and the value from which noise is a flake. */
  mean: number;
  spread: number;
  zoom: number;
  least: number;
  /** The fall of the flakes: see `blurAlong`. */
  radius: number;
  sigma: number;
  /** How much of the picture is not whitened. */
  kept: number;
}

const SNOW: PerSeverity<SnowConstants> = [
  { mean: 0.1, spread: 0.3, zoom: 3, least: 0.5, radius: 10, sigma: 4, kept: 0.8 },
  { mean: 0.2, spread: 0.3, zoom: 2, least: 0.5, radius: 12, sigma: 4, kept: 0.7 },
  { mean: 0.55, spread: 0.3, zoom: 4, least: 0.9, radius: 12, sigma: 8, kept: 0.7 },
  { mean: 0.55, spread: 0.3, zoom: 4.5, least: 0.85, radius: 12, sigma: 8, kept: 0.65 },
  { mean: 0.55, spread: 0.3, zoom: 2.5, least: 0.85, radius: 12, sigma: 12, kept: 0.55 },
];
const FROST: PerSeverity<{ picture: number; frost: number }> = [
  { picture: 1, frost: 0.4 },
  { picture: 0.8, frost: 0.6 },
  { picture: 0.7, frost: 0.7 },
  { picture: 0.65, frost: 0.7 },
  { picture: 0.6, frost: 0.75 },
];
/** How thick the fog is, and how smooth. */
const FOG: PerSeverity<{ amount: number; decay: number }> = [
  { amount: 1.5, decay: 2 },
  { amount: 2, decay: 2 },
  { amount: 2.5, decay: 1.7 },
  { amount: 2.5, decay: 1.5 },
  { amount: 3, decay: 1.4 },
];
const BRIGHTNESS: PerSeverity = [0.1, 0.2, 0.3, 0.4, 0.5];

/** Flakes falling from above, the same once more upside down, on a whitened picture. */
export const snow: Corruption = (picture, severity, random) => {
  const { mean, spread, zoom, least, radius, sigma, kept } = SNOW[severity - 1];
  const noise = drawLayer(picture, () => mean + spread * random.normal());
  const flakes = mapPixels(zoomIn(noise, zoom), (value) => (value < least ? 0 : Math.min(1, value)));
  const fallen = blurAlong(flakes, radius, sigma, -135 + 90 * random.uniform());
  const turned = mapPixels(fallen, (_, i) => fallen.values[fallen.values.length - 1 - i]);
  const pixels = toPixels(picture);
  const whitened = mapPixels(pixels, (value, i) => {
    const white = Math.max(value, 1.5 * greyAt(pixels, i - (i % 3)) + 0.5);
    return kept * value + (1 - kept) * white;
  });
  return toPicture(addLayer(addLayer(whitened, fallen), turned));
};

/**
 * A share of the picture and a share of frost. The original lays on five photographs of frosted glass of unknown licence;
 * here the frost is drawn (`frostOn`), with the mean colour and the contrast of one of those photographs.
 */
export const frost: Corruption = (picture, severity, random) => {
  const shares = FROST[severity - 1];
  const layer = frostOn(picture, random);
  return toPicture(
    mapPixels(toPixels(picture), (value, i) => shares.picture * value + shares.frost * layer.values[i]),
  );
};

/** Plasma clouds, and the whole scaled back so that nothing is brighter than before. */
export const fog: Corruption = (picture, severity, random) => {
  const { amount, decay } = FOG[severity - 1];
  const pixels = toPixels(picture);
  const brightest = pixels.values.reduce((a, b) => Math.max(a, b), 0);
  const clouds = mapPixels(plasma(picture, decay, random), (value) => amount * value);
  const scale = brightest / (brightest + amount);
  return toPicture(mapPixels(addLayer(pixels, clouds), (value) => value * scale));
};

/** Raises the value of HSV: hue and saturation stay, so each pixel is multiplied; black becomes grey. */
export const brightness: Corruption = (picture, severity) => {
  const added = BRIGHTNESS[severity - 1];
  const pixels = toPixels(picture);
  return toPicture(
    mapPixels(pixels, (value, i) => {
      const start = i - (i % 3);
      const most = Math.max(pixels.values[start], pixels.values[start + 1], pixels.values[start + 2]);
      const raised = Math.min(1, most + added);
      return most === 0 ? raised : (value * raised) / most;
    }),
  );
};

/** Mean colour and standard deviation, in bytes, of the photographs that the original chooses from. */
const FROSTED = [
  { colour: [78, 149, 166], spread: 20 },
  { colour: [201, 205, 215], spread: 22 },
  { colour: [201, 205, 215], spread: 22 },
  { colour: [138, 153, 165], spread: 29 },
  { colour: [112, 123, 135], spread: 43 },
];

/** Ice needles in two directions on clouds, `[height, width, 3]`. */
function frostOn(extent: Extent, random: Random): Pixels {
  const { colour, spread } = random.pick(FROSTED);
  const needles = () => {
    const grains = drawLayer(extent, () => random.normal());
    return standardised(blurAlong(grains, 8, 6, 360 * random.uniform()));
  };
  const [clouds, one, other] = [standardised(plasma(extent, 1.8, random)), needles(), needles()];
  const ice = standardised(mapPixels(clouds, (value, i) => value + Math.max(one.values[i], other.values[i])));
  const values = Float64Array.from({ length: 3 * ice.values.length }, (_, i) => {
    return (colour[i % 3] + spread * ice.values[Math.floor(i / 3)]) / 255;
  });
  return { ...extent, values: values.map((value) => Math.min(1, Math.max(0, value))), channels: 3 };
}

/** Mean 0 and standard deviation 1. */
function standardised(layer: Pixels): Pixels {
  const { values } = layer;
  const mean = values.reduce((a, b) => a + b) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return mapPixels(layer, (value) => (value - mean) / Math.max(deviation, 1e-12));
}

/** The grey of the pixel whose red is at i: ITU-R BT.601. */
function greyAt({ values }: Pixels, i: number): number {
  return 0.299 * values[i] + 0.587 * values[i + 1] + 0.114 * values[i + 2];
}
