/**
 * Changes of a picture's colours, in place: RGB values in [0, 1], `[pixels, 3]`, row by row. Each is torchvision's
 * function of the same name (`adjust_brightness`, …) on float tensors.
 */

/** Brightness of red, green and blue to the eye: ITU-R BT.601's weights as torchvision rounds them. */
const GREY_WEIGHTS = { red: 0.2989, green: 0.587, blue: 0.114 };
/** The hue circle in sixths, from one primary or secondary colour to the next. */
const SIXTHS = 6;
/** Sixths from a hue to where a channel's plateau begins, so that red is full around 0, green around 2, blue around 4. */
const PLATEAUS = { red: 5, green: 3, blue: 1 };

/** Multiplies by a factor: 0 is black, 1 changes nothing. */
export function adjustBrightness(picture: Float32Array, factor: number): void {
  for (let i = 0; i < picture.length; i++) picture[i] = clamp(picture[i] * factor);
}

/** Moves each value from the picture's mean grey: 0 is that grey everywhere, 1 changes nothing. */
export function adjustContrast(picture: Float32Array, factor: number): void {
  const rest = (1 - factor) * meanGrey(picture);
  for (let i = 0; i < picture.length; i++) picture[i] = clamp(picture[i] * factor + rest);
}

/** Moves each pixel's colour from its grey: 0 is grey, 1 changes nothing. */
export function adjustSaturation(picture: Float32Array, factor: number): void {
  for (let i = 0; i < picture.length; i += 3) {
    const rest = (1 - factor) * greyAt(picture, i);
    for (let channel = i; channel < i + 3; channel++) {
      picture[channel] = clamp(picture[channel] * factor + rest);
    }
  }
}

/**
 * Turns the hues and leaves each pixel's largest and smallest value, so saturation and value of HSV, as they are. HSV
 * itself is not needed: with the hue in sixths, a channel is the largest value less the range times a trapezium.
 *
 * @param share of the circle: 1/3 makes red green, 1/2 turns colours into their complements
 */
export function adjustHue(picture: Float32Array, share: number): void {
  const turn = (share - Math.floor(share)) * SIXTHS;
  for (let i = 0; i < picture.length; i += 3) {
    const [red, green, blue] = [picture[i], picture[i + 1], picture[i + 2]];
    const largest = Math.max(red, green, blue);
    const range = largest - Math.min(red, green, blue);
    if (range === 0) continue;
    const hue = hueOf(red, green, blue, largest, range) + turn;
    picture[i] = largest - range * trapezium(hue + PLATEAUS.red);
    picture[i + 1] = largest - range * trapezium(hue + PLATEAUS.green);
    picture[i + 2] = largest - range * trapezium(hue + PLATEAUS.blue);
  }
}

/** Takes the colours away: three equal channels (`rgb_to_grayscale`). */
export function makeGrey(picture: Float32Array): void {
  for (let i = 0; i < picture.length; i += 3) {
    const grey = greyAt(picture, i);
    for (let channel = i; channel < i + 3; channel++) picture[channel] = grey;
  }
}

/** In sixths of the circle from red, in [−1, 5]. */
function hueOf(red: number, green: number, blue: number, largest: number, range: number): number {
  if (largest === red) return (green - blue) / range;
  if (largest === green) return 2 + (blue - red) / range;
  return 4 + (red - green) / range;
}

/** How far a channel lies below the largest, as a share of the range: up for a sixth, 1 for two, down for one, 0 for two. */
function trapezium(sixths: number): number {
  const place = sixths - SIXTHS * Math.floor(sixths / SIXTHS);
  return Math.max(0, Math.min(place, 4 - place, 1));
}

function meanGrey(picture: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < picture.length; i += 3) sum += greyAt(picture, i);
  return (3 * sum) / picture.length;
}

function greyAt(picture: Float32Array, i: number): number {
  return (
    GREY_WEIGHTS.red * picture[i] + GREY_WEIGHTS.green * picture[i + 1] + GREY_WEIGHTS.blue * picture[i + 2]
  );
}

function clamp(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}
