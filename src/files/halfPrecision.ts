/**
 * 16-bit floats as bits, and 32-bit ones. Whole arrays at once, by integer arithmetic on the bits: published checkpoints
 * hold hundreds of millions of values.
 */

/** float16 (IEEE 754 binary16) to float32, exactly; the bits of a NaN are kept and it becomes a quiet one. */
export function halfToFloat(halves: Uint16Array): Float32Array {
  table ??= Uint32Array.from({ length: 0x10000 }, (_, half) => wordOfHalf(half));
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) words[i] = table[halves[i]];
  return new Float32Array(words.buffer);
}

let table: Uint32Array | undefined;

/** The bits of the float32 that equals a float16. */
function wordOfHalf(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 31) return sign | 0x7f800000 | (fraction && 0x400000) | (fraction << 13);
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  const subnormal = Float32Array.of(fraction * 2 ** -24);
  return sign | new Uint32Array(subnormal.buffer)[0];
}

/** float32 to the nearest float16, ties to even; too large becomes infinity. */
export function floatToHalf(values: Float32Array): Uint16Array {
  const words = wordsOf(values);
  const halves = new Uint16Array(words.length);
  for (let i = 0; i < words.length; i++) {
    const size = words[i] & 0x7fffffff;
    halves[i] = ((words[i] >>> 16) & 0x8000) | halfOfSize(size, values[i]);
  }
  return halves;
}

/** Float16 bits, without the sign, of the float32 with these bits and this value. */
function halfOfSize(size: number, value: number): number {
  if (size > 0x7f800000) return 0x7e00;
  // 65520 is half-way between the largest float16 and the next power of two.
  if (size >= 0x477ff000) return 0x7c00;
  // Below 2 ** -14 a float16 counts in steps of 2 ** -24.
  if (size < 0x38800000) return roundToEven(Math.abs(value) * 2 ** 24);
  // The exponent's bias falls by 112; a fraction that rounds up carries into the exponent by itself.
  return (size - (112 << 23) + 0xfff + ((size >>> 13) & 1)) >>> 13;
}

function roundToEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

/** bfloat16, the upper half of a float32, to float32. */
export function bfloatToFloat(uppers: Uint16Array): Float32Array {
  const words = new Uint32Array(uppers.length);
  for (let i = 0; i < uppers.length; i++) words[i] = uppers[i] << 16;
  return new Float32Array(words.buffer);
}

/** float32 to the nearest bfloat16, ties to even. */
export function floatToBfloat(values: Float32Array): Uint16Array {
  const words = wordsOf(values);
  const uppers = new Uint16Array(words.length);
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    const notANumber = (word & 0x7fffffff) > 0x7f800000;
    uppers[i] = notANumber ? 0x7fc0 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return uppers;
}

function wordsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}
