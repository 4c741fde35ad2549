import type { Random } from '../../../src/engine/random';
import { type Blade, bladesOf } from './blades';
import { between, clipped, fill, mix, type Placement, type Point, place, polyline, stroke } from './draw';
import type { LeafForm } from './factors';

/** What `drawLeaf` returns: the SVG and a way to find points on the leaf's surface. */
export interface DrawnLeaf {
  svg: string;
  /** Every blade's outline as a path, in the picture's units. */
  outlines: string[];
  /** A random point of a random blade's surface, in the picture's units. */
  pick(random: Random): Point;
  /** A random point near the margin. */
  pickMargin(random: Random): Point;
}

/** The colours and pen widths of one leaf. */
interface Ink {
  colour: string;
  vein: string;
  pen: number;
  /** Draw the side veins? */
  sideVeins: boolean;
}

/** A blade with its place in the picture and its outline there. */
interface PlacedBlade {
  blade: Blade;
  map(point: Point): Point;
  path: string;
}

function drawBlade(
  { blade, map, path }: PlacedBlade,
  { colour, vein, pen, sideVeins }: Ink,
  id: string,
): string {
  const half = [
    ...blade.outline.slice(0, Math.ceil(blade.outline.length / 2)),
    ...[...blade.veins[0]].reverse(),
  ];
  const veins = blade.veins
    .slice(0, sideVeins ? undefined : 1)
    .map((line, i) =>
      stroke(polyline(line.map(map)), vein, (i === 0 ? 1.3 : 0.7) * pen + 0.15, 'opacity="0.85"'),
    );
  const shade = fill(polyline(half.map(map), true), mix(colour, '#0c2a14', 0.5), 'opacity="0.3"');
  const inside = clipped(id, path, shade + veins.join(''));
  return fill(path, colour) + inside + stroke(path, mix(colour, '#10240c', 0.55), 0.5);
}

/**
 * Draws a leaf at a place. `colour` fills it, one half slightly darker; `detail` below 1 leaves out the side veins
 * (for the small leaves of a whole plant). `id` has to be the picture's own.
 */
export function drawLeaf(
  form: LeafForm,
  at: Placement,
  colour: string,
  random: Random,
  id: string,
  detail = 1,
): DrawnLeaf {
  const bend = between(random, -0.14, 0.14);
  const compound = form.shape === 'pinnate' || form.shape === 'trifoliate';
  const vein = mix(colour, form.veins === 'dark' ? '#3a2420' : '#f2f7c8', 0.5);
  const ink = { colour, vein, pen: (at.length * (compound ? 0.5 : 1)) / 60, sideVeins: detail >= 1 };
  const placed = bladesOf(form, bend).map(({ blade, at: inner }): PlacedBlade => {
    const map = (point: Point) => place(place(point, inner), at);
    return { blade, map, path: polyline(blade.outline.map(map), true) };
  });
  const stalk = (end: Point, tone: string, width: number) =>
    stroke(polyline([place([0, 0.14], at), place(end, at)]), tone, width * at.length + 0.3);
  const foot = compound
    ? stalk([bend * 0.4, -0.68], mix(colour, '#5a4a20', 0.3), 0.022)
    : stalk([0, -0.05], vein, 0.024);
  return {
    svg: foot + placed.map((blade, i) => drawBlade(blade, ink, `${id}v${i}`)).join(''),
    outlines: placed.map(({ path }) => path),
    pick: (source) => {
      const [along, aside] = [between(source, 0.08, 0.92), between(source, -0.85, 0.85)];
      const { blade, map } = source.pick(placed);
      return map(blade.surface(along, aside));
    },
    pickMargin: (source) => {
      const { blade, map } = source.pick(placed);
      return map(source.pick(blade.outline));
    },
  };
}
