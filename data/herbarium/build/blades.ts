import type { Placement, Point } from './draw';
import type { LeafForm, Margin, Venation } from './factors';

/** One blade in unit coordinates (base at 0,0, tip near 0,-1). */
export interface Blade {
  outline: Point[];
  /** The first vein is the midrib. */
  veins: Point[][];
  /** A point of the surface: `along` the midrib in [0, 1], `aside` in [-1, 1]. */
  surface(along: number, aside: number): Point;
}

/** Half width `width · along^rise · (1 − along)^fall`, scaled to peak at `width`; `heart` pulls the base backwards. */
interface Profile {
  width: number;
  rise: number;
  fall: number;
  heart?: number;
}

const profiles: Record<string, Profile> = {
  ovate: { width: 0.3, rise: 0.6, fall: 1.05 },
  lanceolate: { width: 0.15, rise: 0.75, fall: 1.15 },
  elliptic: { width: 0.25, rise: 0.8, fall: 0.8 },
  obovate: { width: 0.31, rise: 1.5, fall: 0.6 },
  linear: { width: 0.07, rise: 0.25, fall: 0.55 },
  orbicular: { width: 0.46, rise: 0.5, fall: 0.5 },
  cordate: { width: 0.45, rise: 0.4, fall: 0.95, heart: 0.24 },
  sagittate: { width: 0.32, rise: 0.22, fall: 1, heart: 0.5 },
  leaflet: { width: 0.34, rise: 0.7, fall: 0.95 },
};

function halfWidth(along: number, { width, rise, fall: drop }: Profile): number {
  const peak = rise / (rise + drop);
  const top = peak ** rise * (1 - peak) ** drop;
  return (width * along ** rise * (1 - along) ** drop) / top;
}

/** How far the margin goes in or out at a place on it, as a factor on the half width. */
function marginFactor(margin: Margin, along: number, teeth: number): number {
  const phase = (along * teeth) % 1;
  if (margin === 'serrate') return 0.88 + 0.26 * (1 - phase);
  if (margin === 'crenate') return 0.86 + 0.24 * Math.sin(Math.PI * phase);
  if (margin === 'lobed') return 0.5 + 0.62 * Math.sin(Math.PI * ((along * 3.5) % 1)) ** 0.8;
  return 1;
}

function simpleBlade(
  profile: Profile,
  margin: Margin,
  venation: Venation,
  bend: number,
  teeth: number,
): Blade {
  const surface = (along: number, aside: number): Point => {
    const half = halfWidth(along, profile) * marginFactor(margin, along, teeth);
    const back = ((profile.heart ?? 0) * Math.abs(aside) * half * (1 - along) ** 4) / profile.width;
    return [aside * half + bend * along * along, back - along];
  };
  const steps = margin === 'entire' ? 20 : teeth * 4;
  const right = Array.from({ length: steps + 1 }, (_, i) => surface(i / steps, 1));
  const left = Array.from({ length: steps + 1 }, (_, i) => surface(1 - i / steps, -1));
  return { outline: [...right, ...left], veins: veinsOf(surface, venation), surface };
}

function veinsOf(surface: Blade['surface'], venation: Venation): Point[][] {
  const steps = [0, 0.2, 0.4, 0.6, 0.8, 0.95];
  const veins = [steps.map((along) => surface(along, 0))];
  if (venation === 'parallel') {
    for (const aside of [-0.66, -0.33, 0.33, 0.66]) {
      veins.push([0.04, ...steps.slice(1)].map((along) => surface(along, aside)));
    }
  } else if (venation === 'arched') {
    for (const side of [-1, 1]) {
      for (const reach of [0.45, 0.8]) {
        veins.push(steps.map((along) => surface(along, side * reach * Math.sin(Math.PI * along) ** 0.6)));
      }
    }
  } else {
    for (let i = 0; i < 5; i++) {
      const from = 0.1 + 0.15 * i;
      for (const side of [-1, 1]) {
        veins.push([surface(from, 0), surface(from + 0.09, side * 0.5), surface(from + 0.14, side * 0.88)]);
      }
    }
  }
  return veins;
}

function palmateBlade(margin: Margin, bend: number, lobes: number): Blade {
  const centre: Point = [bend * 0.2, -0.38];
  const spread = lobes === 3 ? 68 : 56;
  const tips = Array.from({ length: lobes }, (_, i) => (i - (lobes - 1) / 2) * spread);
  const reachOf = (tip: number) => 0.62 - 0.0011 * Math.abs(tip);
  const reach = (degrees: number) => {
    const lobe = Math.max(
      ...tips.map((tip) => reachOf(tip) * Math.exp(-(((degrees - tip) / (lobes === 3 ? 30 : 24)) ** 2))),
    );
    const tooth = margin === 'serrate' ? 0.07 * (Math.abs(degrees / 9) % 1) : 0;
    return Math.max(lobe, 0.27) + tooth;
  };
  const at = (degrees: number, share: number): Point => {
    const radians = (degrees * Math.PI) / 180;
    const radius = reach(degrees) * share;
    return [centre[0] + radius * Math.sin(radians), centre[1] - radius * Math.cos(radians)];
  };
  const edge = 160;
  const rim = Array.from({ length: 97 }, (_, i) => at(edge - (2 * edge * i) / 96, 1));
  const veins = tips.map((tip): Point[] => [centre, at(tip, 0.92)]);
  return {
    outline: [[0, -0.16], ...rim],
    veins: [[[0, 0], centre], ...veins],
    surface: (along, aside) => at(aside * 140, 0.15 + 0.8 * along),
  };
}

/** The blades of a leaf with their places, in unit coordinates. */
export function bladesOf(form: LeafForm, bend: number): { blade: Blade; at: Placement }[] {
  const { shape, margin, venation } = form;
  const whole = { x: 0, y: 0, angle: 0, length: 1 };
  if (shape === 'palmate') return [{ blade: palmateBlade(margin, bend, form.lobes ?? 5), at: whole }];
  const leaflet = simpleBlade(profiles.leaflet, margin, venation, 0, 5);
  if (shape === 'trifoliate') {
    return [-68, 68, 0].map((angle) => ({ blade: leaflet, at: { x: 0, y: -0.34, angle, length: 0.62 } }));
  }
  if (shape === 'pinnate') {
    const slim = simpleBlade({ ...profiles.leaflet, width: 0.27 }, margin, venation, 0, 4);
    const pairs = [0.2, 0.43, 0.66].flatMap((along) =>
      [-62, 62].map((angle) => ({
        blade: slim,
        at: { x: bend * along * along, y: -along, angle, length: 0.42 - 0.12 * along },
      })),
    );
    return [...pairs, { blade: slim, at: { x: bend * 0.6, y: -0.7, angle: 10 * bend, length: 0.36 } }];
  }
  const profile = profiles[shape];
  return [{ blade: simpleBlade(profile, margin, venation, bend, margin === 'lobed' ? 10 : 8), at: whole }];
}
