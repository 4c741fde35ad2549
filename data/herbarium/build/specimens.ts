import { createHash } from 'node:crypto';
import type { EmbeddedMeta } from '../../../src/data/types';
import { createRandom, type Random } from '../../../src/engine/random';
import { captions, textureCaptions } from './captions';
import { lightValues, ranges, type Split } from './factors';
import { drawPicture, renderPixels, renderSvg, type Scene, type Subject } from './render';
import { plans, type TaskPlan } from './tasks';
import { drawTexture, textureScene } from './texture';

/** Fixes every picture and text of the set. */
export const seed = 'clipbook herbarium 1';

/** Pictures per class; the control's come in pairs, so their number is even. */
export function perClass(task: string, split: Split): number {
  if (split === 'train') return 40;
  return task === 'texture-control' ? 16 : 17;
}

/** The JSON member of a picture: the shared fields and the factors it was drawn from. */
export interface HerbariumMeta extends EmbeddedMeta {
  factors: Record<string, string | number | boolean | null>;
}

/** One picture before it is encoded: an SVG, or raw RGB bytes `[64, 64, 3]` for the control task. */
export interface Specimen {
  key: string;
  meta: HerbariumMeta;
  drawing: { svg: string } | { pixels: Uint8Array };
}

const round = (value: number) => Math.round(value * 100) / 100;

function drawScene(subject: Subject, split: Split, random: Random): Scene {
  const { backgrounds, lean } = ranges[subject.family][split];
  const side = random.uniform() < 0.5 ? -1 : 1;
  return {
    background: random.pick(backgrounds),
    light: random.pick(lightValues[split]),
    lean: round(side * (lean[0] + (lean[1] - lean[0]) * random.uniform())),
    scale: round(0.84 + 0.24 * random.uniform()),
  };
}

/** The class's own factors, flat, for the JSON member. */
function classFactors({ item, family }: Subject): HerbariumMeta['factors'] {
  const { name: _, ...rest } = item;
  const flat: HerbariumMeta['factors'] = { family };
  for (const [factor, value] of Object.entries(rest)) {
    if (factor === 'seen') continue;
    if (factor === 'leaf') Object.assign(flat, value);
    else flat[factor] = value;
  }
  return flat;
}

function specimenOf(plan: TaskPlan, label: number, split: Split, index: number): Specimen {
  const entry = plan.classes[label];
  const key = `${plan.id}-${String(label).padStart(2, '0')}-${split}-${String(index).padStart(3, '0')}`;
  const random = createRandom(`${seed} ${key}`);
  const shared = { set: 'herbarium' as const, split, label: entry.name };
  const tasks = { [plan.id]: label };
  if ('mottle' in entry) {
    const { mottle } = entry;
    const scene = textureScene(split, index);
    const pigment = createRandom(`${seed} pigment ${plan.id} ${label} ${split} ${Math.floor(index / 2)}`);
    const texts = textureCaptions(mottle, scene, random.fork('captions'));
    const factors = {
      family: 'texture',
      pattern: mottle.phrase,
      coupling: mottle.coupling,
      tone: scene.tone,
      lean: round(scene.lean),
      sign: scene.sign,
    };
    const meta = { ...shared, style: 'surface', ...texts, category: 'texture', tasks, factors };
    return { key, meta, drawing: { pixels: drawTexture(mottle, scene, pigment) } };
  }
  const { subject } = entry;
  const scene = drawScene(subject, split, random.fork('scene'));
  const texts = captions(entry.name, subject, scene, random.fork('captions'));
  const factors = { ...classFactors(subject), ...scene };
  const meta = { ...shared, style: scene.background, ...texts, category: subject.family, tasks, factors };
  return { key, meta, drawing: { svg: drawPicture(subject, scene, random.fork('picture')) } };
}

/** Draws every picture of a split, task by task and class by class; classes held out of training have no training pictures. */
export function* specimens(split: Split): Generator<Specimen> {
  for (const plan of plans) {
    for (let label = 0; label < plan.classes.length; label++) {
      if (split === 'train' && !plan.classes[label].seen) continue;
      for (let index = 0; index < perClass(plan.id, split); index++)
        yield specimenOf(plan, label, split, index);
    }
  }
}

/** Draws one picture again from its key. @throws if the key names no picture of the set. */
export function specimenByKey(key: string): Specimen {
  const parts = /^(.+)-(\d\d)-(train|test)-(\d\d\d)$/.exec(key);
  const plan = plans.find(({ id }) => id === parts?.[1]);
  const label = Number(parts?.[2]);
  if (parts === null || plan === undefined || label >= plan.classes.length) {
    throw new Error(`Expected a key like "fungi-mini-03-train-017", got "${key}".`);
  }
  return specimenOf(plan, label, parts[3] as Split, Number(parts[4]));
}

/** Encodes a specimen as WebP: drawn pictures lossy, the control's lossless. */
export function encode({ drawing }: Specimen): Promise<Buffer> {
  return 'svg' in drawing ? renderSvg(drawing.svg) : renderPixels(drawing.pixels);
}

/** The SHA-256 of a specimen before it is encoded: of its SVG, or of its raw bytes. */
export function digest({ drawing }: Specimen): string {
  return createHash('sha256')
    .update('svg' in drawing ? drawing.svg : drawing.pixels)
    .digest('hex');
}
