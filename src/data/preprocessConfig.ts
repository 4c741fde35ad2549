import { isObject, shownValue } from '../files/checkedJson';
import { type Channels, CLIP_MEAN, CLIP_STD } from './normalise';

/** What a model wants of a picture: open_clip's `preprocess_cfg`, field by field, in camel case. */
export interface PreprocessConfig {
  /** Side of the square input, or `[height, width]`, in pixels. */
  size: number | readonly [height: number, width: number];
  /** Per channel, of values in [0, 1]. Default: OpenAI's. */
  mean?: Channels;
  /** Per channel, of values in [0, 1]. Default: OpenAI's. */
  std?: Channels;
  /** Default `bicubic`. As in open_clip, `shortest` to a size that is not square is bicubic whatever stands here. */
  interpolation?: Interpolation;
  /**
   * How a picture gets the model's shape: `shortest` scales the shorter side to size and cuts the centre, `longest` scales
   * the longer side to size and pads, `squash` ignores the aspect ratio. Default `shortest`.
   */
  resizeMode?: ResizeMode;
  /** What `longest` pads with, 0 to 255, in the picture's own colours (of a palette, the colour of that number). Default 0. */
  fillColor?: number;
}

export type Interpolation = 'bicubic' | 'bilinear';
export type ResizeMode = 'shortest' | 'longest' | 'squash';

/** A configuration with nothing left open. */
export interface WholePreprocessConfig extends Required<PreprocessConfig> {
  size: readonly [height: number, width: number];
}

/** What OpenAI's models and most of open_clip's want; `size` in pixels. */
export const OPENAI_PREPROCESS = (size: PreprocessConfig['size']): WholePreprocessConfig =>
  completePreprocess({ size });

/** What SigLIP's models want: squashed to the square, values from −1 to 1. */
export const SIGLIP_PREPROCESS = (size: PreprocessConfig['size']): WholePreprocessConfig =>
  completePreprocess({ size, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5], resizeMode: 'squash' });

/**
 * Fills in open_clip's defaults.
 * @throws Error where a field is not what open_clip allows; the sentence names it
 */
export function completePreprocess(config: PreprocessConfig): WholePreprocessConfig {
  const { size: side } = config;
  const size = (Array.isArray(side) && side.length === 2 ? side : [side, side]) as [number, number];
  const whole: WholePreprocessConfig = {
    size: [...size],
    mean: config.mean ?? CLIP_MEAN,
    std: config.std ?? CLIP_STD,
    interpolation: config.interpolation ?? 'bicubic',
    resizeMode: config.resizeMode ?? 'shortest',
    fillColor: config.fillColor ?? 0,
  };
  check('size', whole.size, whole.size.every(isPositiveInteger), 'one or two whole numbers above 0');
  check('mean', whole.mean, isThreeNumbers(whole.mean), 'three numbers');
  check('std', whole.std, isThreeNumbers(whole.std) && !whole.std.includes(0), 'three numbers other than 0');
  checkOneOf('interpolation', whole.interpolation, ['bicubic', 'bilinear']);
  checkOneOf('resizeMode', whole.resizeMode, ['shortest', 'longest', 'squash']);
  const isByte = Number.isInteger(whole.fillColor) && whole.fillColor >= 0 && whole.fillColor <= 255;
  check('fillColor', whole.fillColor, isByte, 'a whole number from 0 to 255');
  return whole;
}

/**
 * A `preprocess_cfg` as it stands in open_clip's files (`open_clip_config.json`), one number for all channels included.
 * open_clip takes an interpolation `random` for bicubic outside of training; so does this.
 * @throws Error as `completePreprocess` does, and where the mode is not RGB
 */
export function readPreprocessConfig(json: Record<string, unknown>): WholePreprocessConfig {
  check('configuration', json, isObject(json), 'an object');
  check('mode', json.mode, (json.mode ?? 'RGB') === 'RGB', 'RGB');
  const perChannel = (value: unknown) => (typeof value === 'number' ? [value, value, value] : value);
  return completePreprocess({
    size: json.size ?? 224,
    mean: perChannel(json.mean),
    std: perChannel(json.std),
    interpolation: json.interpolation === 'random' ? 'bicubic' : json.interpolation,
    resizeMode: json.resize_mode,
    fillColor: json.fill_color,
  } as PreprocessConfig);
}

function checkOneOf(name: string, value: string, allowed: readonly string[]): void {
  check(name, value, allowed.includes(value), `one of ${allowed.join(', ')}`);
}

function check(name: string, value: unknown, holds: boolean, wanted: string): void {
  if (!holds)
    throw new Error(
      `The preprocessing's ${name} is ${shownValue(value)} where ${wanted} is expected; see PreprocessConfig.`,
    );
}

const isPositiveInteger = (value: unknown) => Number.isInteger(value) && (value as number) > 0;
const isThreeNumbers = (values: unknown) =>
  Array.isArray(values) && values.length === 3 && values.every((value) => Number.isFinite(value));
