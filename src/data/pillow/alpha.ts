/** Pillow scales RGBA with the colours multiplied by their opacity (its mode `RGBa`), so that hidden ones do not bleed. */

/** A copy with red, green and blue times opacity, `[pixels, 4]`. */
export function premultiply(rgba: Uint8Array): Uint8Array {
  const result = new Uint8Array(rgba.length);
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3];
    result[i] = multiplyBytes(rgba[i], alpha);
    result[i + 1] = multiplyBytes(rgba[i + 1], alpha);
    result[i + 2] = multiplyBytes(rgba[i + 2], alpha);
    result[i + 3] = alpha;
  }
  return result;
}

/** The way back, in place; what is clear stays black. */
export function unpremultiply(rgba: Uint8Array): Uint8Array {
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3];
    if (alpha === 0 || alpha === 255) continue;
    for (let band = i; band < i + 3; band++)
      rgba[band] = Math.min(255, Math.trunc((255 * rgba[band]) / alpha));
  }
  return rgba;
}

/** The product of two shares of 255, rounded (Pillow's `MULDIV255`). */
export function multiplyBytes(a: number, b: number): number {
  const product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}
