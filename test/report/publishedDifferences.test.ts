import assert from 'node:assert/strict';
import { GENERAL_COLUMNS, PLANT_COLUMNS } from '../../src/report/dalipTable';
import { differenceFigure } from '../../src/report/differenceFigure';
import { publishedSentences } from '../../src/report/differenceSentences';
import { differenceTable } from '../../src/report/differenceTable';
import { loadPublished, type PublishedRow } from '../../src/report/published';
import {
  exceeds,
  loadTestSetSizes,
  nameOf,
  publishedDifferences,
} from '../../src/report/publishedDifferences';
import { staticSvg } from '../../src/report/staticSvg';
import { formatCell } from '../../src/report/table';
import { renderCsv } from '../../src/report/tableFormats';
import { assertReadable } from './svgTexts';

const rows = loadPublished('dalip-table');
const sizes = loadTestSetSizes();
const differences = publishedDifferences(rows, sizes);
const find = (column: string) => differences.find((own) => own.column === column)!;

function close(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 6e-5, `expected ${expected}, got ${actual}`);
}

/** The published rows with some of DALIP's numbers replaced. */
function withDalip(values: Record<string, number>): PublishedRow[] {
  return rows.map((row) => (row.method === 'DALIP' ? { ...row, values: { ...row.values, ...values } } : row));
}

describe('the published differences', () => {
  it('know the size of every column, and what is not sure about it', () => {
    assert.deepEqual(Object.keys(sizes), [...GENERAL_COLUMNS, ...PLANT_COLUMNS]);
    for (const column of PLANT_COLUMNS) {
      assert.ok(sizes[column].images >= 1000 && sizes[column].images <= 1520, column);
      assert.match(sizes[column].uncertain, /inferred/);
    }
  });

  it('have the standard errors that one computes by hand', () => {
    // Med. Leaf: (0.437·0.563 + 0.489·0.511) / 1000 = 0.49591e-3; 0.052 − 0.052² = 0.049296; 0.437 + 0.489 = 0.926
    const leaf = find('Med. Leaf');
    close(leaf.difference, -5.2);
    close(leaf.independent, 2.2269);
    close(leaf.lowest, 0.7021);
    close(leaf.highest, 3.0386);
    // ImageNet-1K: (0.492·0.508 + 0.468·0.532) / 50000 = 0.498912 / 50000
    close(find('ImageNet-1K').independent, 0.3159);
    // PlantDoc: (0.343·0.657 + 0.33·0.67) / 1080 = 0.446451 / 1080
    close(find('PlantDoc').independent, 2.0332);
  });

  it('average as printed, with the errors of five independent columns', () => {
    // 1e-3 · (0.172699 + 0.498316 + 0.292530 + 0.495910 + 0.413381) = 1.872836e-3, its root over 5
    close(find('Plant').independent, 0.8655);
    close(find('Plant').difference, 1.1);
    close(find('General').difference, 6.7);
    close(find('Mean').independent, Math.hypot(find('General').independent, find('Plant').independent) / 2);
  });

  it('exceed two standard errors, one, or none', () => {
    const by = (passed: number) =>
      differences.filter((own) => exceeds(own) === passed).map(({ column }) => column);
    assert.deepEqual(by(2), [...GENERAL_COLUMNS, 'General', 'Fungi', 'Med. Leaf', 'Mean']);
    assert.deepEqual(by(1), ['PlantVillage', 'Plant']);
    assert.deepEqual(by(0), ['PlantNet', 'PlantDoc']);
  });

  it('ask for a size and for both methods', () => {
    assert.throws(
      () => publishedDifferences(rows, { ...sizes, Cars: undefined as never }),
      /the size of Cars, test-set-sizes\.csv has none/,
    );
    assert.throws(() => publishedDifferences([rows[0]], sizes), /a row of DALIP/);
  });
});

describe('the table of published differences', () => {
  const table = differenceTable(differences, sizes, rows[0].source);
  const [{ rows: lines, origin, source }] = table.sections;
  const textOf = (label: string) => {
    const { cells } = lines.find((line) => line.label === label)!;
    return table.columns.map((column) => formatCell(cells[column.id], column));
  };

  it('has a row for each column and mean, with every number', () => {
    assert.equal(lines.length, 13);
    assert.equal(origin, 'published');
    assert.match(source, /arXiv 2504\.01386.*test-set-sizes\.csv/);
    assert.deepEqual(textOf('Med. Leaf'), [
      '48.9',
      '43.7',
      '−5.2',
      '2.23',
      '0.70',
      '3.04',
      '1,000',
      '−2.3',
      '2 SE',
    ]);
    assert.deepEqual(textOf('Plant mean'), [
      '50.2',
      '51.3',
      '+1.1',
      '0.87',
      '0.24',
      '1.13',
      '–',
      '+1.3',
      '1 SE',
    ]);
    assert.equal(textOf('PlantNet').at(-1), 'neither');
  });

  it('names the doubts about the test sets once each', () => {
    const doubts = table.footnotes.filter((note) => note.includes('readme'));
    assert.equal(doubts.length, 3);
    assert.ok(doubts[2].startsWith('PlantNet, Fungi, PlantVillage, Med. Leaf, PlantDoc: '));
  });

  it('writes numbers, not words, into its file', () => {
    const csv = renderCsv(table).split('\n');
    assert.ok(csv.some((line) => /,Med\. Leaf,Difference,,-5\.\d+,,/.test(line)));
    assert.ok(csv.some((line) => /,Med\. Leaf,Larger than,,2,,/.test(line)));
  });
});

describe('the figure of published differences', () => {
  type Loose = { mode: string; x: number[]; y: number[]; error_x: { array: number[] } };
  const figure = differenceFigure(differences);
  const traces = (figure.data as unknown as Loose[]).filter(({ mode }) => mode === 'markers');

  const { tickvals = [], ticktext = [] } = figure.layout.yaxis!;
  const rowOf = (column: string) => Number(tickvals[ticktext.indexOf(nameOf(find(column)))]);

  it('draws each difference in its row, with one and with 1.96 standard errors', () => {
    assert.equal(ticktext.length, differences.length);
    for (const { column, difference, independent } of differences) {
      const bars = traces.flatMap(({ x, y, error_x }) =>
        y.flatMap((row, i) => (row === rowOf(column) ? [[x[i], error_x.array[i] / independent]] : [])),
      );
      assert.deepEqual(
        bars.map(([at, errors]) => [at, errors.toFixed(2)]),
        [
          [difference, '1.96'],
          [difference, '1.00'],
        ],
        column,
      );
    }
  });

  it('sets the groups apart', () => {
    assert.equal(rowOf('CIFAR-100') - rowOf('ImageNet-1K'), 1);
    assert.ok(rowOf('PlantNet') - rowOf('General') > 2);
    assert.ok(rowOf('Mean') - rowOf('Plant') > 2);
  });

  it('is drawn with every name, number and heading inside the picture, none over another', async () => {
    const svg = staticSvg(figure);
    await assertReadable(svg);
    for (const text of ['Med. Leaf', '−5.2 ± 2.2', 'Plant mean', '+1.1 ± 0.9', 'General sets', 'Plant sets'])
      assert.ok(svg.includes(`>${text}</text>`), text);
    const range = figure.layout.xaxis!.range as number[];
    assert.ok(range[0] < -5.2 - 1.96 * 2.23 && range[1] > 9 + 1.96 * 1.06);
  });
});

describe('the sentences on published differences', () => {
  const [thresholds, means, pairing, leaf, ...more] = publishedSentences(differences);

  it('say which differences exceed their standard errors and which do not', () => {
    assert.match(
      thresholds,
      /Larger than two standard errors: .*Fungi \+5\.8 ± 2\.2 and Med\. Leaf −5\.2 ± 2\.2\./,
    );
    assert.match(thresholds, /Larger than one, not than two: PlantVillage \+2\.2 ± 1\.7\./);
    assert.match(thresholds, /Not larger than one: PlantNet \+1\.1 ± 1\.3 and PlantDoc \+1\.3 ± 2\.0\./);
    assert.match(means, /of the plant columns \+1\.1 ± 0\.9, between one and two standard errors/);
    assert.match(means, /the printed columns average \+1\.0/);
    assert.match(pairing, /Whatever the pairing, .* on ImageNet-1K, CIFAR-100, Cars, Pets and SUN397;/);
  });

  it('discuss Med. Leaf, where DALIP loses, and call a conjecture one', () => {
    assert.match(leaf, /^Med\. Leaf: .*43\.7 against 48\.9 %, a loss of 5\.2 points on 1,000 images/);
    assert.match(leaf, /2\.3 standard errors \(1\.7 to 7\.4, by the pairing\)/);
    // 2·Φ(−5.2 / 2.2269) = 0.0195 and 1 − 0.9805⁵ = 0.094
    assert.match(leaf, /in 2\.0 % of such tests, and in 9\.4 % of tables with 5 such columns/);
    assert.match(
      leaf,
      /probably real, but not certain\. With it the mean of the plant columns changes by \+1\.1 ± 0\.9/,
    );
    assert.match(leaf, /What could explain it is conjecture/);
    assert.deepEqual(more, []);
  });

  it('follow the numbers they are given', () => {
    const gain = publishedSentences(publishedDifferences(withDalip({ 'Med. Leaf': 50.9 }), sizes));
    assert.equal(gain.length, 3);
    assert.match(gain[0], /Not larger than one: .*Med\. Leaf \+2\.0 ± 2\.2/);
    const small = publishedSentences(publishedDifferences(withDalip({ Fungi: 45 }), sizes));
    assert.equal(small.length, 5);
    assert.match(small[3], /^Fungi: .*a loss of 2\.0 points.*chance could be all of the loss\. With it/);
  });
});
