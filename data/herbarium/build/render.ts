import sharp from 'sharp';
import type { Random } from '../../../src/engine/random';
import { drawBackground, drawClutter } from './backgrounds';
import { type CropDisease, crops, diseases } from './diseases';
import { between, fill, jitter } from './draw';
import { type Background, type LeafForm, type Light, lights, type Shape } from './factors';
import { drawPlant } from './flower';
import type { Fungus } from './fungi';
import { drawFungus } from './fungus';
import { drawLeaf } from './leaf';
import { drawLesions } from './lesions';
import { leafTones, type MedicinalLeaf } from './medicinal';
import type { Species } from './species';

/** Side of every picture in pixels. */
export const pictureSize = 64;

/** The factors of one picture that do not belong to its class. */
export interface Scene {
  background: Background;
  light: Light;
  /** Tilt in degrees, signed. */
  lean: number;
  scale: number;
}

export type Subject =
  | { family: 'flower'; item: Species }
  | { family: 'fungus'; item: Fungus }
  | { family: 'leaf'; item: MedicinalLeaf }
  | { family: 'diseased leaf' | 'field leaf'; item: CropDisease };

/** Lengths of the broad leaves, so that they stay inside the picture; the others are 52 units long. */
const leafLengths: Partial<Record<Shape, number>> = {
  cordate: 43,
  sagittate: 41,
  orbicular: 45,
  palmate: 46,
};

function drawSingleLeaf(
  form: LeafForm,
  tone: string,
  scene: Scene,
  random: Random,
): ReturnType<typeof drawLeaf> {
  const length = (leafLengths[form.shape] ?? 52) * scene.scale;
  const turn = (scene.lean * Math.PI) / 180;
  const middle = [32 + between(random, -2, 2), 32 + between(random, -2, 2)];
  const at = {
    x: middle[0] - 0.45 * length * Math.sin(turn),
    y: middle[1] + 0.45 * length * Math.cos(turn),
    angle: scene.lean,
    length,
  };
  return drawLeaf(form, at, jitter(tone, random, 7), random, 'leaf');
}

function drawSubject(subject: Subject, scene: Scene, random: Random): string {
  if (subject.family === 'flower') return drawPlant(subject.item, scene.lean, scene.scale, random);
  if (subject.family === 'fungus') return drawFungus(subject.item, scene.lean, scene.scale, random);
  const { leaf: form, tone } =
    subject.family === 'leaf'
      ? { leaf: subject.item.leaf, tone: leafTones[subject.item.tone] }
      : crops[subject.item.crop];
  const leaf = drawSingleLeaf(form, tone, scene, random.fork('leaf'));
  const outlines = leaf.outlines.map((path) => fill(path, '#0a0a10')).join('');
  const shadow = `<g transform="translate(1.4 1.8)" opacity="0.22">${outlines}</g>`;
  if (subject.family === 'leaf') return shadow + leaf.svg;
  return (
    shadow + leaf.svg + drawLesions(leaf, diseases[subject.item.disease], random.fork('lesions'), 'lesions')
  );
}

function drawLight(light: Light): string {
  const { tint, strength, from } = lights[light];
  const [x, y] = [0.5 + 0.5 * Math.cos((from * Math.PI) / 180), 0.5 + 0.5 * Math.sin((from * Math.PI) / 180)];
  const stops = `<stop offset="0" stop-color="#ffffff" stop-opacity="0.18"/><stop offset="1" stop-color="#000814" stop-opacity="0.22"/>`;
  const gradient = `<linearGradient id="light" x1="${x.toFixed(2)}" y1="${y.toFixed(2)}" x2="${(1 - x).toFixed(2)}" y2="${(1 - y).toFixed(2)}">${stops}</linearGradient>`;
  return `${gradient}<rect width="64" height="64" fill="${tint}" opacity="${strength}"/><rect width="64" height="64" fill="url(#light)"/>`;
}

/** The SVG of one picture; the same arguments give the same text. */
export function drawPicture(subject: Subject, scene: Scene, random: Random): string {
  const clutter = subject.family === 'field leaf' ? drawClutter(random.fork('clutter')) : '';
  const layers = [
    drawBackground(scene.background, random.fork('background')),
    clutter,
    drawSubject(subject, scene, random.fork('subject')),
    drawLight(scene.light),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="192" height="192">${layers.join('')}</svg>`;
}

/** Renders a picture at three times its size, scales it down and encodes it as WebP. */
export async function renderSvg(svg: string): Promise<Buffer> {
  const drawn = sharp(Buffer.from(svg))
    .resize(pictureSize, pictureSize, { kernel: 'lanczos3' })
    .removeAlpha();
  return drawn.webp({ quality: 88, effort: 4, smartSubsample: true }).toBuffer();
}

/** Encodes raw RGB bytes, `[64, 64, 3]`, as lossless WebP. */
export async function renderPixels(pixels: Uint8Array): Promise<Buffer> {
  const raw = { width: pictureSize, height: pictureSize, channels: 3 as const };
  return sharp(pixels, { raw }).webp({ lossless: true, effort: 6 }).toBuffer();
}
