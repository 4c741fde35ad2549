import he from 'he';

/** A picture that is drawn once and needs no Plotly: an SVG with everything inside. */
export interface Drawing {
  /** Short and stable, for file names. */
  id: string;
  title: string;
  svg: string;
}

/** A drawing as a piece of HTML that carries it along. */
export function drawingHtml({ title, svg }: Drawing): string {
  const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  return `<img class="clipbook-drawing" alt="${he.escape(title)}" style="max-width:100%" src="${source}">`;
}
