import type { Initialiser } from '../nn';
import { drawParameters } from './clip';
import { type ClipConfig, checkConfig } from './config';

/**
 * The shape of every parameter by its name, without making any: what a checkpoint must hold, running statistics included.
 *
 * @throws when the sizes in `config` do not fit together
 */
export function parameterShapes(config: ClipConfig): Map<string, number[]> {
  checkConfig(config);
  const shapes = new Map<string, number[]>();
  const note = (name: string, shape: number[]) => void shapes.set(name, shape);
  const init: Initialiser = {
    normal: note,
    uniform: note,
    constant: note,
    linear: (name, fanIn, fanOut, bias = true) => {
      note(`${name}.weight`, [fanOut, fanIn]);
      if (bias) note(`${name}.bias`, [fanOut]);
    },
    norm: (name, width) => {
      note(`${name}.weight`, [width]);
      note(`${name}.bias`, [width]);
    },
  };
  drawParameters(init, config);
  return shapes;
}
