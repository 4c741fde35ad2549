/** The chance that a standard normal variable is at most x, to about 1e-15. */
export function normalCdf(x: number): number {
  if (Math.abs(x) > 7) {
    const tail = normalTail(Math.abs(x));
    return x > 0 ? 1 - tail : tail;
  }
  // Φ(x) = ½ + φ(x)·(x + x³/3 + x⁵/15 + …), Marsaglia 2004
  let term = x;
  let sum = x;
  for (let i = 3; Math.abs(term) > 1e-17 * Math.abs(sum); i += 2) {
    term *= (x * x) / i;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

/** The upper tail for large x, by its asymptotic series. */
function normalTail(x: number): number {
  const square = x * x;
  return (Math.exp(-square / 2) / (x * Math.sqrt(2 * Math.PI))) * (1 - 1 / square + 3 / square ** 2);
}

/** The chance that Student's t with the given degrees of freedom (any positive number) is at most t. */
export function studentCdf(t: number, degreesOfFreedom: number): number {
  const sum = degreesOfFreedom + t * t;
  if (t * t < degreesOfFreedom) {
    return 0.5 + (Math.sign(t) * incompleteBeta((t * t) / sum, 0.5, degreesOfFreedom / 2)) / 2;
  }
  const tail = incompleteBeta(degreesOfFreedom / sum, degreesOfFreedom / 2, 0.5) / 2;
  return t > 0 ? 1 - tail : tail;
}

/** The x with `normalCdf(x) = probability`, for probabilities strictly between 0 and 1. */
export function normalQuantile(probability: number): number {
  return invert(normalCdf, probability);
}

/** The t with `studentCdf(t, degreesOfFreedom) = probability`, for probabilities strictly between 0 and 1. */
export function studentQuantile(probability: number, degreesOfFreedom: number): number {
  return invert((t) => studentCdf(t, degreesOfFreedom), probability);
}

/** Solves cdf(x) = probability by bisection, to the precision of the numbers. */
function invert(cdf: (x: number) => number, probability: number): number {
  if (!(probability > 0 && probability < 1)) {
    throw new Error(`Expected a probability strictly between 0 and 1, got ${probability}.`);
  }
  let low = -1;
  let high = 1;
  while (cdf(low) > probability) low *= 2;
  while (cdf(high) < probability) high *= 2;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (cdf(middle) < probability) low = middle;
    else high = middle;
  }
}

/** The regularised incomplete beta function I_x(a, b), by Lentz's continued fraction (DLMF 8.17.22). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b)) / a;
  const away = (value: number) => (Math.abs(value) < 1e-300 ? 1e-300 : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 1000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let change = 1;
    for (const numerator of [even, odd]) {
      d = 1 / away(1 + numerator * d);
      c = away(1 + numerator / c);
      change = c * d;
      fraction *= change;
    }
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return front * fraction;
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

/** log Γ(x) for x > 0: shifted to large arguments, then Stirling's series (DLMF 5.11.1). */
function logGamma(x: number): number {
  let shift = 0;
  let z = x;
  while (z < 15) shift += Math.log(z++);
  const inverse = 1 / (z * z);
  const series =
    (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse / 1188)))) / z;
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
