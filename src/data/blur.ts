/** Where the kernel ends, in standard deviations; beyond lie 0.3 % of the weight. */
const REACH = 3;

/**
 * Blurs a square picture in place with a Gaussian, mirrored at the edges without repeating the edge pixel: torchvision's
 * `gaussian_blur` with a kernel of 2·`blurRadius` + 1 pixels. (SLIP and MoCo v2 call Pillow, which draws near the
 * same with three box filters.)
 *
 * @param picture `[size, size, 3]`
 * @param sigma standard deviation in pixels, above 0
 */
export function blurPicture(picture: Float32Array, size: number, sigma: number): void {
  const kernel = gaussian(blurRadius(size, sigma), sigma);
  const turned = new Float32Array(picture.length);
  blurColumns(picture, turned, size, kernel);
  blurColumns(turned, picture, size, kernel);
}

/** Pixels on each side that take part: three standard deviations, or as many as there are to mirror. */
export function blurRadius(size: number, sigma: number): number {
  return Math.min(Math.ceil(REACH * sigma), size - 1);
}

/** Weights at −radius … radius, summing to 1. */
function gaussian(radius: number, sigma: number): Float64Array {
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Blurs along y and exchanges y and x, so that doing it twice blurs both ways. */
function blurColumns(from: Float32Array, to: Float32Array, size: number, kernel: Float64Array): void {
  const radius = (kernel.length - 1) / 2;
  const rows = new Int32Array(kernel.length);
  for (let y = 0; y < size; y++) {
    for (let k = 0; k < rows.length; k++) rows[k] = 3 * size * mirrored(y + k - radius, size);
    for (let x = 0; x < size; x++) {
      let [red, green, blue] = [0, 0, 0];
      for (let k = 0; k < rows.length; k++) {
        const place = rows[k] + 3 * x;
        red += kernel[k] * from[place];
        green += kernel[k] * from[place + 1];
        blue += kernel[k] * from[place + 2];
      }
      const place = 3 * (x * size + y);
      to[place] = red;
      to[place + 1] = green;
      to[place + 2] = blue;
    }
  }
}

function mirrored(place: number, length: number): number {
  const inside = Math.abs(place);
  return inside < length ? inside : 2 * (length - 1) - inside;
}
