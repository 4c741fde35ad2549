import type { Random } from '../../../src/engine/random';
import { type Axis, drawBloom } from './blooms';
import { between, jitter, mix, type Placement, place, polyline, stroke } from './draw';
import { drawLeaf } from './leaf';
import type { Species } from './species';

/** The places of the leaves: height on the stem and degrees away from it. */
function leafPlaces(species: Species): { height: number; angle: number }[] {
  const heights = species.flower === 'spike' ? [0.14, 0.4] : [0.14, 0.42];
  if (species.phyllotaxis === 'basal') return [-48, 44, -20, 20].map((angle) => ({ height: 0.02, angle }));
  if (species.phyllotaxis === 'alternate') {
    return [0.08, 0.25, 0.42, 0.56].map((height, i) => ({ height, angle: i % 2 === 0 ? 62 : -62 }));
  }
  if (species.phyllotaxis === 'opposite')
    return heights.flatMap((height) => [-60, 60].map((angle) => ({ height, angle })));
  return heights.flatMap((height) => [-84, -38, 38, 84].map((angle) => ({ height, angle })));
}

/** Draws a whole flowering plant in a 64-unit picture: stem, leaves, flowers. `lean` in degrees, `scale` about 1. */
export function drawPlant(species: Species, lean: number, scale: number, random: Random): string {
  const size = 50 * scale;
  const foot: Placement = {
    x: 32 - 0.35 * lean + between(random, -2, 2),
    y: 61,
    angle: lean,
    length: size * 0.86,
  };
  const bow = between(random, -0.05, 0.05);
  const axis: Axis = (height, aside = 0) => place([aside + bow * Math.sin(Math.PI * height), -height], foot);
  const green = jitter('#4f8a3f', random, 9);
  const stem = stroke(
    polyline([0, 0.2, 0.4, 0.6, 0.8, 0.97].map((height) => axis(height))),
    mix(green, '#2a4a20', 0.35),
    1.5,
  );
  const narrow = species.leaf.shape === 'linear' || species.leaf.shape === 'lanceolate';
  const length = size * (species.phyllotaxis === 'basal' ? 0.62 : narrow ? 0.4 : 0.36);
  const leaves = leafPlaces(species).map(({ height, angle }, i) => {
    const [x, y] = axis(height);
    const turned = angle + lean + between(random, -7, 7);
    const at = { x, y, angle: turned, length: length * between(random, 0.9, 1.1) * (1 - 0.25 * height) };
    return drawLeaf(species.leaf, at, jitter(green, random, 4), random, `f${i}`, 0.5).svg;
  });
  return stem + leaves.join('') + drawBloom(species, axis, size, lean, random);
}
