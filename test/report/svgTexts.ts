import assert from 'node:assert/strict';
import he from 'he';
import sharp from 'sharp';
import { textWidth } from '../../src/report/textWidth';

/** A text of a drawing and the pixels it may cover. */
interface Box {
  text: string;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** The texts of an SVG picture that are not turned. */
export function textBoxes(svg: string): Box[] {
  return [...svg.matchAll(/<text ([^>]*)>([^<]*)<\/text>/g)].flatMap(([, attributes, escaped]) => {
    const read = (name: string) => attributes.match(new RegExp(`(?:^| )${name}="([^"]*)"`))?.[1];
    if (attributes.includes('rotate')) return [];
    const [x, y] = (read('transform')?.match(/-?[\d.]+/g) ?? [read('x') ?? '0', read('y') ?? '0']).map(
      Number,
    );
    const text = he.decode(escaped);
    const size = Number(read('font-size') ?? 12);
    const width = textWidth(text, size) * (read('font-weight') ? 1.13 : 1);
    const left = x - width * ({ middle: 0.5, end: 1 }[read('text-anchor') ?? ''] ?? 0);
    return [{ text, left, right: left + width, top: y - 0.75 * size, bottom: y + 0.2 * size }];
  });
}

/** A renderer accepts the picture, no text reaches over its edge, and no two texts overlap. */
export async function assertReadable(svg: string): Promise<void> {
  const { width, height } = await sharp(Buffer.from(svg)).metadata();
  const boxes = textBoxes(svg);
  assert.ok(boxes.length > 0, 'no text found');
  for (const { text, left, right, top, bottom } of boxes) {
    const place = `"${text}" at ${[left, top, right, bottom].map(Math.round).join(' ')} in ${width} × ${height}`;
    assert.ok(left >= 0 && top >= 0 && right <= width! && bottom <= height!, place);
  }
  boxes.forEach((a, i) => {
    for (const b of boxes.slice(i + 1)) {
      const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
      assert.ok(apart, `"${a.text}" overlaps "${b.text}"`);
    }
  });
}
