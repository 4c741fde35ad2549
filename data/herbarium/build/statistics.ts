/** First- and second-order statistics of a picture's pixels and a nearest-centroid classifier: the control's proof. */
import { pictureSize } from './render';
import { polarSpectrum } from './spectrum';

/** RGB bytes `[64, 64, 3]` and a class index. */
export interface Labelled {
  pixels: Uint8Array;
  label: number;
}

export type Features = (pixels: Uint8Array) => number[];

const area = pictureSize ** 2;

/** The mean of each channel, `[3]`, in bytes. */
export function meanColour(pixels: Uint8Array): number[] {
  return [0, 1, 2].map((c) => {
    let sum = 0;
    for (let at = c; at < pixels.length; at += 3) sum += pixels[at];
    return sum / area;
  });
}

/** The means of each channel in every patch of `side` pixels, `[patches · 3]`, row by row. */
export function patchMeans(pixels: Uint8Array, side = 8): number[] {
  const columns = pictureSize / side;
  const sums = new Array<number>(columns * columns * 3).fill(0);
  for (let at = 0; at < area; at++) {
    const row = Math.floor(at / pictureSize / side);
    const column = Math.floor((at % pictureSize) / side);
    for (let c = 0; c < 3; c++) sums[3 * (row * columns + column) + c] += pixels[3 * at + c];
  }
  return sums.map((sum) => sum / side ** 2);
}

/** The variance of each channel, `[3]`. */
export function channelVariances(pixels: Uint8Array): number[] {
  const centred = centre(pixels);
  return centred.map((channel) => covariance(channel, channel));
}

/** Covariances between channels (red–green, red–blue, green–blue), `[3]`. */
export function channelCovariances(pixels: Uint8Array): number[] {
  const [red, green, blue] = centre(pixels);
  return [covariance(red, green), covariance(red, blue), covariance(green, blue)];
}

/** Second-order statistics: the covariances between channels and the power spectrum of the intensity, `[3 + 54]`. */
export function covariances(pixels: Uint8Array): number[] {
  const [red, green, blue] = centre(pixels);
  const intensity = red.map((value, at) => (value + green[at] + blue[at]) / 3);
  return [...channelCovariances(pixels), ...polarSpectrum(intensity)];
}

function centre(pixels: Uint8Array): Float64Array[] {
  return meanColour(pixels).map((mean, c) =>
    Float64Array.from({ length: area }, (_, at) => pixels[3 * at + c] - mean),
  );
}

function covariance(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, at) => sum + value * b[at], 0) / area;
}

/** For every class the mean of its pictures' features, `[classes][features]`. */
export function classMeans(pictures: readonly Labelled[], features: Features): number[][] {
  return meansByClass(
    pictures.map(({ pixels }) => features(pixels)),
    pictures.map(({ label }) => label),
  );
}

function meansByClass(rows: number[][], labels: number[]): number[][] {
  const classes = [...new Set(labels)].sort((a, b) => a - b);
  return classes.map((label) => columnMeans(rows.filter((_, i) => labels[i] === label)));
}

function columnMeans(rows: number[][]): number[] {
  return rows[0].map((_, i) => rows.reduce((sum, row) => sum + row[i], 0) / rows.length);
}

/**
 * The share of test pictures whose nearest class centroid is their own. Features are divided by their standard
 * deviation over the training pictures; labels are 0, 1, … without gaps.
 */
export function nearestCentroidAccuracy(
  train: readonly Labelled[],
  test: readonly Labelled[],
  features: Features,
): number {
  const rows = train.map(({ pixels }) => features(pixels));
  const means = columnMeans(rows);
  const deviations = columnMeans(rows.map((row) => row.map((value, i) => (value - means[i]) ** 2))).map(
    Math.sqrt,
  );
  const scale = (row: number[]) => row.map((value, i) => value / (deviations[i] || 1));
  const centroids = meansByClass(
    rows,
    train.map(({ label }) => label),
  ).map(scale);
  const right = test.filter(({ pixels, label }) => {
    const row = scale(features(pixels));
    const distances = centroids.map((centroid) =>
      centroid.reduce((sum, value, i) => sum + (value - row[i]) ** 2, 0),
    );
    return distances.indexOf(Math.min(...distances)) === label;
  });
  return right.length / test.length;
}

/** What `summary.json` says about the control: spreads between class means over the test pictures, and accuracies. */
export function controlReport(train: readonly Labelled[], test: readonly Labelled[]) {
  const accuracy = (features: Features) => Number(nearestCentroidAccuracy(train, test, features).toFixed(4));
  return {
    pictures: { train: train.length, test: test.length },
    largestDifferenceBetweenClasses: {
      meanColour: spread(classMeans(test, meanColour)),
      patchMean: spread(classMeans(test, patchMeans)),
      channelVariance: spread(classMeans(test, channelVariances)),
      channelCovariance: spread(classMeans(test, channelCovariances)),
    },
    nearestCentroidAccuracy: {
      chance: Number((1 / new Set(test.map(({ label }) => label)).size).toFixed(4)),
      meanColour: accuracy(meanColour),
      patchMeans: accuracy(patchMeans),
      channelVariances: accuracy(channelVariances),
      covariances: accuracy(covariances),
    },
  };
}

/** The largest difference between two classes in any one feature. */
function spread(rows: number[][]): number {
  const widths = rows[0].map((_, i) => {
    const column = rows.map((row) => row[i]);
    return Math.max(...column) - Math.min(...column);
  });
  return Number(Math.max(...widths).toFixed(4));
}
