import type { Random } from '../../../src/engine/random';
import type { Disease } from './diseases';
import { between, blob, clipped, ellipse, fill, jitter, mix, type Point, stroke } from './draw';
import type { DrawnLeaf } from './leaf';

function ringed(at: Point, size: number, disease: Disease, random: Random): string {
  const colour = jitter(disease.colour, random, 6);
  const halo = ellipse(at, size * 1.45, size * 1.35, disease.halo ?? colour, 0, 'opacity="0.85"');
  const rings = [0.75, 0.42].map((share) => {
    const path = blob(at, size * share, random, 0.1);
    return stroke(path, mix(colour, '#c9a878', 0.6), 0.55);
  });
  return halo + fill(blob(at, size, random, 0.15), colour) + rings.join('');
}

function dot(at: Point, size: number, disease: Disease, random: Random): string {
  const halo =
    disease.halo === null ? '' : ellipse(at, size * 1.9, size * 1.9, disease.halo, 0, 'opacity="0.7"');
  return halo + ellipse(at, size, size * between(random, 0.7, 1), jitter(disease.colour, random, 8));
}

function patch(at: Point, size: number, disease: Disease, random: Random): string {
  const core = fill(blob(at, size * 0.65, random), disease.colour, 'opacity="0.7"');
  return fill(blob(at, size, random, 0.35), disease.colour, 'opacity="0.5"') + core;
}

function scorch(at: Point, size: number, disease: Disease, random: Random): string {
  const rim = fill(blob(at, size * 1.3, random, 0.3), disease.halo ?? disease.colour, 'opacity="0.7"');
  return rim + fill(blob(at, size, random, 0.3), jitter(disease.colour, random, 7), 'opacity="0.95"');
}

/** Draws a disease's marks on a leaf, hidden wherever they would leave its blades. */
export function drawLesions(leaf: DrawnLeaf, disease: Disease, random: Random, id: string): string {
  const { shape } = disease;
  if (shape === 'none') return '';
  const count = Math.round(between(random, ...disease.count));
  const marks = Array.from({ length: count }, () => {
    const size = between(random, ...disease.size);
    if (shape === 'scorch') return scorch(leaf.pickMargin(random), size, disease, random);
    const at = leaf.pick(random);
    if (shape === 'rings') return ringed(at, size, disease, random);
    if (shape === 'dots') return dot(at, size, disease, random);
    if (shape === 'patches') return patch(at, size, disease, random);
    return fill(blob(at, size, random, 0.45), jitter(disease.colour, random, 6), 'opacity="0.8"');
  });
  return clipped(id, leaf.outlines.join(''), marks.join(''));
}
