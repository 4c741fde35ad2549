/** One picture with its texts, as a source hands it over: nothing is decoded yet. */
export interface Sample {
  /** Unique inside its source. */
  key: string;
  /** The encoded picture: WebP, JPEG, PNG, GIF, AVIF, TIFF or SVG. */
  image: Buffer;
  /** The raw texts; the first is the default caption. Empty where the source has none. */
  texts: string[];
  /** The sample's JSON member, whole. */
  meta: Record<string, unknown>;
}

/** What the JSON member of the embedded sets holds (see the datasheets in `data/`). */
export interface EmbeddedMeta {
  set: 'pictograms' | 'herbarium';
  split: 'train' | 'test';
  /** Drawing style: noto, twemoji, openmoji, fluent, openclipart; for herbarium the background style. */
  style: string;
  /** The class name in words ("red apple"). */
  label: string;
  /** Raw text, the way the web would caption the picture. */
  text: string;
  /** A second, clean description of the same picture, where there is one. */
  description?: string;
  category?: string;
  /** Task id → class index, for every zero-shot task this picture is a test (or training) example of. */
  tasks?: Record<string, number>;
}

/** A zero-shot classification task over an embedded set: `data/<set>/tasks.json` holds a list of these. */
export interface TaskDefinition {
  /** Stable id, e.g. `imagenet-mini`. */
  id: string;
  /** The column of the paper's table it mirrors, e.g. `ImageNet-1K`; null where it mirrors none. */
  column: string | null;
  group: 'general' | 'plant' | 'control';
  title: string;
  /** Prompt templates with `{}` in the class name's place. */
  templates: string[];
  /** Class names, in label order. */
  classes: string[];
  /** For each class: do its pictures (in other styles) occur in training? */
  seen: boolean[];
  /** If given, pictures are first scaled down to this side and up again (CIFAR's low resolution). */
  lowResolution?: number;
}

/** Decoded pictures and their texts, ready for a model. */
export interface Batch {
  keys: string[];
  /** RGB bytes, `[batch, size, size, 3]`, row-major. */
  pixels: Uint8Array;
  size: number;
  /** All texts of each sample. */
  texts: string[][];
  metas: Record<string, unknown>[];
}
