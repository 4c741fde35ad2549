import type { WholePreprocessConfig } from './preprocessConfig';

/** Width and height in pixels. */
export interface Extent {
  width: number;
  height: number;
}

/** A rectangle in a scaled picture; it may reach beyond the picture's edges. */
export interface Window extends Extent {
  left: number;
  top: number;
}

/** How large a picture is scaled and which part of that, or how much more, the model sees. */
export interface ResizePlan {
  scaled: Extent;
  window: Window;
}

/**
 * Where open_clip's transform puts a picture (its `Resize`, `ResizeKeepRatio`, `CenterCrop` and `CenterCropOrPad`).
 * A side that `longest` would scale to nothing, at which open_clip fails, becomes one pixel.
 */
export function planResize(picture: Extent, config: WholePreprocessConfig): ResizePlan {
  const [height, width] = config.size;
  const scaled = scaledExtent(picture, config);
  const window = {
    left: centreOffset(scaled.width, width),
    top: centreOffset(scaled.height, height),
    width,
    height,
  };
  return { scaled, window };
}

function scaledExtent(picture: Extent, { size: [height, width], resizeMode }: WholePreprocessConfig): Extent {
  if (resizeMode === 'squash') return { width, height };
  if (resizeMode === 'shortest' && width === height) return scaleShorterSide(picture, width);
  const [byWidth, byHeight] = [picture.width / width, picture.height / height];
  const ratio = resizeMode === 'longest' ? Math.max(byHeight, byWidth) : Math.min(byHeight, byWidth);
  return {
    width: Math.max(1, roundHalfToEven(picture.width / ratio)),
    height: Math.max(1, roundHalfToEven(picture.height / ratio)),
  };
}

/** torchvision's `Resize(size)`: the shorter side becomes `size`, the longer one is rounded down. */
export function scaleShorterSide({ width, height }: Extent, size: number): Extent {
  const shorter = Math.min(width, height);
  return {
    width: Math.floor((size * width) / shorter),
    height: Math.floor((size * height) / shorter),
  };
}

/** Where a window of the length begins in a side: a half goes to the even pixel; negative where the side is padded. */
export function centreOffset(side: number, length: number): number {
  return side < length ? -Math.floor((length - side) / 2) : roundHalfToEven((side - length) / 2);
}

function roundHalfToEven(value: number): number {
  return value % 2 === 0.5 ? value - 0.5 : Math.round(value);
}
