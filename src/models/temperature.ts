/** A temperature's start: logits are cosines times 1/0.07. */
export const LOGIT_SCALE_START = Math.log(1 / 0.07);

/** Is a parameter the logarithm of temperatures? The first order's is `logit_scale`. */
export function isLogitScale(parameter: string): boolean {
  return parameter.slice(parameter.lastIndexOf('.') + 1).startsWith('logit_scale');
}
