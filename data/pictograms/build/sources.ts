import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The drawing styles that come from an icon package, in the order they are written. */
export const STYLES = {
  noto: { package: '@iconify-json/noto', split: 'train' },
  twemoji: { package: '@iconify-json/twemoji', split: 'train' },
  openmoji: { package: '@iconify-json/openmoji', split: 'train' },
  fluent: { package: '@iconify-json/fluent-emoji-flat', split: 'test' },
} as const;

export type Style = keyof typeof STYLES;

/** One drawing as Iconify stores it: an SVG body and its box, which falls back to the set's own. */
export interface Icon {
  body: string;
  left?: number;
  top?: number;
  width?: number;
  height?: number;
}

/** One drawing style: its drawings by slug, and which slug draws which Unicode sequence. */
export interface IconSet {
  icons: Record<string, Icon>;
  /** Normalised code points (see `codeKey`) → slug. */
  slugs: Map<string, string>;
  /** Category → slugs, as the package gives them. */
  categories: Record<string, string[]>;
  width: number;
  height: number;
}

/** Code points in a spelling all packages agree on: lower case, without the variation selector FE0F. */
export function codeKey(hexcode: string): string {
  return hexcode.toLowerCase().replace(/-fe0f/g, '');
}

/**
 * Reads a file of one of the build's own packages.
 * @throws where the packages are not installed.
 */
export function readPackageJson<T>(file: string): T {
  const full = path.join(__dirname, 'node_modules', file);
  if (!existsSync(full)) {
    throw new Error(`Expected the drawing sources at ${full}; run "npm ci" in data/pictograms/build first.`);
  }
  return JSON.parse(readFileSync(full, 'utf8')) as T;
}

export function readIconSet(style: Style): IconSet {
  const folder = STYLES[style].package;
  const set = readPackageJson<{ icons: Record<string, Icon>; width?: number; height?: number }>(
    `${folder}/icons.json`,
  );
  const codes = readPackageJson<Record<string, string>>(`${folder}/chars.json`);
  const { categories } = readPackageJson<{ categories: Record<string, string[]> }>(`${folder}/metadata.json`);
  return {
    icons: set.icons,
    slugs: new Map(Object.entries(codes).map(([code, slug]) => [codeKey(code), slug])),
    categories,
    width: set.width ?? 16,
    height: set.height ?? 16,
  };
}
