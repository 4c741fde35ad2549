/**
 * The bend of a mixing law, c + k·exp(t·r), drawn from 0 at the lowest share to 1 at the highest:
 *
 *   ψ(r) = (exp(t·(r − low)) − 1) / (exp(t·(high − low)) − 1)
 *
 * A fit in u + v·ψ(r) is well conditioned for every t, where one in c and k is not: towards t = 0 both grow without
 * bound, with opposite signs. Between the two shares nothing overflows for large |t|; t must not be 0.
 */
export interface MixingCurve {
  t: number;
  low: number;
  high: number;
}

/** ψ at a share. */
export function curveAt({ t, low, high }: MixingCurve, share: number): number {
  const [x, span] = [share - low, high - low];
  if (t < 0 || x < 0) return Math.expm1(t * x) / Math.expm1(t * span);
  return (Math.exp(t * (x - span)) * Math.expm1(-t * x)) / Math.expm1(-t * span);
}

/** The derivative of ψ by t at a share. */
export function curveSlope(curve: MixingCurve, share: number): number {
  const { t, low, high } = curve;
  if (share === low) return 0;
  // the logarithm's derivative: of exp(t·x) − 1 it is x·exp(t·x) / (exp(t·x) − 1)
  const steepness = (x: number) => -x / Math.expm1(-t * x);
  return curveAt(curve, share) * (steepness(share - low) - steepness(high - low));
}

/**
 * The law's own parameters from u + v·ψ, and their derivatives by u, v and t, one row for each of c, k and t.
 */
export function toLaw(curve: MixingCurve, u: number, v: number) {
  const { t, low, high } = curve;
  const span = high - low;
  // 1 / (exp(t·span) − 1)
  const q = t < 0 ? 1 / Math.expm1(t * span) : -Math.exp(-t * span) / Math.expm1(-t * span);
  const scale = Math.exp(-t * low) * q;
  const k = v * scale;
  return {
    c: u - v * q,
    k,
    jacobian: [
      [1, -q, v * span * q * (1 + q)],
      [0, scale, -k * (low + span * (1 + q))],
      [0, 0, 1],
    ],
  };
}
