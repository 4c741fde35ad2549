import { type GridLinks, neighbourPairs, patchGroups } from '../evaluation/patchGroups';
import type { Drawing } from './drawing';
import { drawingOf, EDGE, image, text } from './drawingParts';
import { GRID, INK, PALETTE, WIDTH } from './figureLayout';
import { type Picture, pictureUri } from './pictures';
import { linesOf } from './textWidth';

/** A picture and how its patches are linked, block by block. */
export interface GroupedPicture {
  picture: Picture;
  label?: string;
  /** The first block's links first. */
  layers: readonly GridLinks[];
}

const GAP = 10;
const MOST = 150;
const LINE = 13;
const CAPTION = 32;
const HEADING = 18;
const SHADE = 0.5;
/** Width of a border, in pixels: where two neighbours are all but linked, and where they are not at all. */
const NARROWEST = 0.5;
const WIDEST = 3.5;

/**
 * How patches form groups: the picture at the left, then for each block its patches, those of one group in one colour, and a
 * border between neighbours whose link is at most `threshold`, the wider the weaker. Patches that stand alone have no colour.
 * Colours tell neighbouring groups apart and mean nothing else.
 *
 * @throws when the pictures have not all as many blocks, or there are none
 */
export async function patchGroupsDrawing(input: {
  id: string;
  title: string;
  /** A line under the title. */
  note?: string;
  pictures: readonly GroupedPicture[];
  threshold: number;
}): Promise<Drawing> {
  const blocks = blocksOf(input.pictures);
  const side = Math.min(MOST, (WIDTH - 2 * EDGE - GAP * blocks) / (blocks + 1));
  const left = (column: number) => EDGE + column * (side + GAP);
  const headings = (top: number) =>
    Array.from({ length: blocks }, (_, i) =>
      text(`block ${i + 1}`, left(i + 1) + side / 2, top + 10, { anchor: 'middle', size: 11 }),
    ).join('');
  const rows = await Promise.all(
    input.pictures.map(async ({ picture, label, layers }, row) => {
      const [colour, grey] = await Promise.all(
        [false, true].map((isGrey) => pictureUri(picture, Math.round(side), isGrey)),
      );
      const draw = (top: number) =>
        [
          image(colour, left(0), top, side),
          ...linesOf(label ?? '', side, 11, 2).map((line, i) =>
            text(line, left(0), top + side + 14 + LINE * i, { size: 11, colour: INK }),
          ),
          `<defs>${image(grey, 0, 0, side, `picture-${row}`)}</defs>`,
          ...layers.map((links, layer) => {
            const x = left(layer + 1);
            const ground = `<use href="#picture-${row}" x="${x.toFixed(1)}" y="${top.toFixed(1)}"/>`;
            return ground + groupsAt(links, input.threshold, x, top, side);
          }),
        ].join('\n');
      return { height: side + CAPTION + GAP, draw };
    }),
  );
  return drawingOf(input, [{ height: HEADING, draw: headings }, ...rows]);
}

function blocksOf(pictures: readonly GroupedPicture[]): number {
  const counts = new Set(pictures.map(({ layers }) => layers.length));
  if (counts.size !== 1 || counts.has(0)) {
    throw new Error(
      `Expected pictures with links of as many blocks each, got ${[...counts].join(' and ') || 'none'}.`,
    );
  }
  return [...counts][0];
}

function groupsAt(links: GridLinks, threshold: number, left: number, top: number, side: number): string {
  const groups = patchGroups(links, threshold);
  const cell = side / groups.length;
  const colours = coloursOf(groups);
  const size = `width="${cell.toFixed(2)}" height="${cell.toFixed(2)}"`;
  const patches = groups.flatMap((row, r) =>
    row.flatMap((group, c) => {
      const place = `x="${(left + c * cell).toFixed(2)}" y="${(top + r * cell).toFixed(2)}"`;
      const colour = colours[group];
      return colour ? [`<rect ${place} ${size} fill="${colour}" fill-opacity="${SHADE}"/>`] : [];
    }),
  );
  const frame = `<rect x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${side.toFixed(1)}" height="${side.toFixed(1)}" fill="none" stroke="${GRID}"/>`;
  return [...patches, ...borders(links, threshold, left, top, cell), frame].join('');
}

/** A line on each border of two patches that are not linked, with white beside it so that it is seen on any colour. */
function borders(links: GridLinks, threshold: number, left: number, top: number, cell: number): string[] {
  const side = links.horizontal.length;
  const lines = neighbourPairs(links)
    .filter(({ link }) => link <= threshold)
    .map(({ from, to, link }) => {
      const [x, y] = [left + (to % side) * cell, top + Math.floor(to / side) * cell].map((at) =>
        at.toFixed(2),
      );
      const way = `d="M${x} ${y}${to - from === 1 ? 'v' : 'h'}${cell.toFixed(2)}"`;
      return { way, width: NARROWEST + (WIDEST - NARROWEST) * (1 - link / threshold) };
    });
  const halo = ({ way, width }: (typeof lines)[number]) =>
    `<path ${way} stroke="#ffffff" stroke-opacity="0.6" stroke-width="${(width + 1).toFixed(2)}"/>`;
  const line = ({ way, width }: (typeof lines)[number]) =>
    `<path ${way} class="weak" stroke="${INK}" stroke-width="${width.toFixed(2)}"/>`;
  return [...lines.map(halo), ...lines.map(line)];
}

/** For each group of two patches or more a colour that no group beside it has, while there are enough. */
export function coloursOf(groups: readonly (readonly number[])[]): (string | undefined)[] {
  const flat = groups.flat();
  const count = Math.max(...flat) + 1;
  const beside = Array.from({ length: count }, () => new Set<number>());
  const touch = (a: number, b: number | undefined) => {
    if (b === undefined || a === b) return;
    beside[a].add(b);
    beside[b].add(a);
  };
  groups.forEach((row, r) => {
    row.forEach((group, c) => {
      touch(group, row[c + 1]);
      touch(group, groups[r + 1]?.[c]);
    });
  });
  const chosen: (number | undefined)[] = [];
  for (let group = 0; group < count; group++) {
    const isAlone = flat.filter((other) => other === group).length === 1;
    const taken = new Set([...beside[group]].map((other) => chosen[other]));
    const free = PALETTE.findIndex((_, i) => !taken.has(i));
    chosen.push(isAlone ? undefined : free < 0 ? group % PALETTE.length : free);
  }
  return chosen.map((colour) => (colour === undefined ? undefined : PALETTE[colour]));
}
