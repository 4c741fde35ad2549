import he from 'he';

/** A whole SVG picture on white, its title for readers who do not see it. */
export function svgDocument(title: string, width: number, height: number, body: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`,
    ` role="img" aria-label="${he.escape(title)}" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans',`,
    ` sans-serif" font-size="12" fill="#344054"><rect width="100%" height="100%" fill="#ffffff"/>`,
    ...body.filter(Boolean),
    '</svg>',
  ].join('\n');
}
