import assert from 'node:assert/strict';
import vm from 'node:vm';
import { comparisonHtml } from '../../src/report/comparison';
import { contactSheet } from '../../src/report/contactSheet';
import { drawingHtml } from '../../src/report/drawing';
import { figureHtml } from '../../src/report/figureHtml';
import { curvesFigure, similarityFigure } from '../../src/report/figures';
import { gateExplorer } from '../../src/report/gateExplorer';
import { patchGroupsDrawing } from '../../src/report/hierarchyDrawing';
import { type Report, renderReport, storedReport } from '../../src/report/htmlReport';
import { type Index, localScript, renderIndex } from '../../src/report/indexPage';
import { neighboursDrawing } from '../../src/report/neighboursDrawing';
import { pairMatricesDrawing } from '../../src/report/pairMatricesDrawing';
import { pairsDrawing } from '../../src/report/pairsDrawing';
import { type Picture, picturesHtml } from '../../src/report/pictures';
import { pictureWeightsDrawing } from '../../src/report/pictureWeightsDrawing';
import { sentenceHierarchyDrawing } from '../../src/report/sentenceHierarchyDrawing';
import type { Table } from '../../src/report/table';
import { renderHtml } from '../../src/report/tableFormats';
import { textWeightsDrawing } from '../../src/report/textWeightsDrawing';
import { type ParsedHtml, parsedHtml } from './parsedHtml';

/** Captions that want to be more than text. */
const HOSTILE = [
  '<script>run(1)</script>',
  '<img src=x onerror=run(2)>',
  '</script><script>run(3)</script>',
  '"><svg onload=run(4)>',
  "' onmouseover='run(5)",
  '</title></style></pre>&lt;b&gt;',
  '<a href="javascript:run(6)">a</a>',
];

const picture: Picture = { pixels: Uint8Array.from({ length: 12 }, (_, i) => 20 * i), size: 2 };

function tableOf(caption: string): Table {
  const section = (origin: 'published' | 'measured') => ({
    origin,
    title: caption,
    source: caption,
    headings: { a: `${caption} mini` },
    rows: [{ label: caption, cells: { a: { value: 1, interval: 0.5 } } }],
  });
  return {
    id: caption,
    title: caption,
    labelTitle: caption,
    unit: caption,
    columns: [{ id: 'a', title: caption, group: caption }],
    sections: [section('published'), section('measured')],
    footnotes: [caption],
  };
}

const named = (caption: string) => ({ id: caption, title: caption });
const curves = (caption: string) =>
  curvesFigure({
    ...named(caption),
    y: caption,
    curves: ['', ' 2'].map((end) => ({ name: caption + end, steps: [0, 1], values: [2, 1] })),
  });
const similarities = (caption: string) =>
  similarityFigure({
    ...named(caption),
    values: [[0.1, 0.2]],
    pictures: [caption],
    texts: [caption, `${caption} 2`],
  });

const reportOf = (caption: string): Report => ({
  title: caption,
  summary: [caption, caption],
  verdicts: [caption],
  tables: [tableOf(caption)],
  figures: [curves(caption), similarities(caption), gateExplorer({ title: caption })],
  pictures: [{ title: caption, pictures: [picture], captions: [caption] }],
  config: { [caption]: caption },
  environment: { [caption]: caption },
  command: caption,
  notes: [caption],
});

function indexOf(caption: string): Index {
  const notebook = { name: caption, title: caption, place: `n/${caption}` };
  const facts = [[caption, caption]] as const;
  const report = storedReport(reportOf(caption));
  const entry = {
    anchor: caption,
    profile: caption,
    folder: caption,
    report,
    config: { [caption]: caption },
    facts,
  };
  return {
    entries: [{ ...entry, figures: [`f/${caption}`], sheets: [caption], notebooks: [notebook] }],
    notebooks: [notebook],
    others: [caption],
  };
}

/** Every way in which texts reach a page. */
const displays: Record<string, (caption: string) => string | Promise<string>> = {
  tables: (caption) => renderHtml(tableOf(caption)),
  'picture grids': (caption) => picturesHtml([picture], [caption]),
  curves: (caption) => figureHtml(curves(caption)),
  'heat maps': (caption) => figureHtml(similarities(caption)),
  'the gate explorer': (caption) => figureHtml(gateExplorer({ ...named(caption), similarities: [0.1, 0.4] })),
  pairs: async (caption) =>
    drawingHtml(
      await pairsDrawing({
        ...named(caption),
        note: caption,
        pairs: [
          {
            picture,
            text: caption,
            caption,
            weights: { sample: 1, imageText: 1, imageCaption: 1 },
            noise: null,
          },
        ],
      }),
    ),
  neighbours: async (caption) => {
    const neighbours = [{ picture, label: caption, cosine: 0.5, same: true }];
    return drawingHtml(
      await neighboursDrawing({
        ...named(caption),
        queries: [{ label: caption, rows: [{ name: caption, neighbours }] }],
      }),
    );
  },
  'matrices of pairs': async (caption) =>
    drawingHtml(
      await pairMatricesDrawing({
        ...named(caption),
        pictures: [picture],
        texts: [caption],
        matrices: [{ name: caption, values: [[0.5]] }],
      }),
    ),
  'groups of patches': async (caption) => {
    const layers = [{ horizontal: [[0.5], [0.5]], vertical: [[0.5, 0.5]] }];
    return drawingHtml(
      await patchGroupsDrawing({
        ...named(caption),
        pictures: [{ picture, label: caption, layers }],
        threshold: 0.5,
      }),
    );
  },
  'weights of patches': async (caption) => {
    const weights = [[[0.5, 0.5]]];
    return drawingHtml(
      await pictureWeightsDrawing({ ...named(caption), pictures: [{ picture, label: caption, weights }] }),
    );
  },
  'weights of tokens': (caption) =>
    drawingHtml(
      textWeightsDrawing({
        ...named(caption),
        texts: [{ tokens: [caption, caption], weights: [[0.5, 0.5]] }],
      }),
    ),
  'hierarchies of sentences': (caption) =>
    drawingHtml(
      sentenceHierarchyDrawing({
        ...named(caption),
        sentences: [{ tokens: [caption, caption], layers: [[0.5]] }],
        threshold: 0.4,
      }),
    ),
  'contact sheets': (caption) =>
    contactSheet(caption, [{ title: caption, query: picture, pictures: [picture], captions: [caption] }], {
      facts: [[caption, caption]],
      lists: [{ title: caption, facts: [[caption, caption]] }],
    }),
  reports: (caption) => renderReport(reportOf(caption)),
  'the index': (caption) => renderIndex(indexOf(caption)),
  'what is local in the index': (caption) => {
    let html = '';
    const script = localScript({ entries: indexOf(caption).entries, notebooks: [caption] });
    vm.runInNewContext(script, { clipbookLocal: (brought: { html: string }) => { html = brought.html; } }); // biome-ignore format: one line
    return html;
  },
  comparisons: (caption) => {
    const part = {
      title: caption,
      sentences: [caption],
      settings: [{ name: caption, first: caption, second: 1 }],
    };
    return comparisonHtml(
      [caption, caption],
      [{ ...part, tables: [tableOf(caption)], figures: [curves(caption)] }],
    );
  },
};

/** What must be as many, whatever the captions. */
const ACTIVE = ['script', 'img', 'a', 'style', 'iframe', 'svg', 'title', 'b', 'pre'];
const counts = ({ names }: ParsedHtml) =>
  Object.fromEntries(ACTIVE.map((name) => [name, names.filter((found) => found === name).length]));

describe('captions with tags in them', () => {
  for (const [name, display] of Object.entries(displays)) {
    it(`show as text in ${name}`, async () => {
      const harmless = parsedHtml(await display('a harmless caption'));
      for (const caption of HOSTILE) {
        const found = parsedHtml(await display(caption));
        assert.deepEqual(counts(found), counts(harmless), caption);
        assert.deepEqual(
          [...found.attributes].filter((attribute) => attribute.startsWith('on')),
          [],
          caption,
        );
        assert.deepEqual(
          found.addresses.filter((address) => /^(x$|javascript:)/.test(address)),
          [],
          caption,
        );
        assert.ok(found.text.includes(caption.slice(0, 6)), `${caption} in ${found.text.slice(0, 500)}`);
        for (const script of found.scripts) new vm.Script(script);
      }
    });
  }
});
