import assert from 'node:assert/strict';
import {
  interactiveFigures,
  showDrawing,
  showFigure,
  showPictures,
  showTable,
} from '../../src/report/display';
import { curvesFigure } from '../../src/report/figures';
import { textWeightsDrawing } from '../../src/report/textWeightsDrawing';
import { sampleTable } from './sample';

const jupyter = require('tslab/dist/jupyter');

describe('notebook display', () => {
  const shown: string[] = [];
  before(() => {
    jupyter.lastWriteDisplayData = (message: { data: Record<string, string> }) =>
      shown.push(message.data['text/html']);
  });
  after(() => {
    jupyter.lastWriteDisplayData = null;
  });

  it('hands the kernel HTML for figures, tables, pictures and drawings', async () => {
    interactiveFigures();
    showFigure(
      curvesFigure({
        id: 'loss',
        title: 'Loss',
        y: 'loss',
        curves: [{ name: 'a', steps: [0], values: [1] }],
      }),
    );
    showTable(sampleTable);
    await showPictures([{ pixels: new Uint8Array(12), size: 2 }], ['black'], { side: 16 });
    showDrawing(textWeightsDrawing({ id: 't', title: 'Tokens', texts: [] }));
    assert.equal(shown.length, 5);
    assert.match(shown[0], /DecompressionStream/);
    assert.match(shown[1], /data:image\/svg\+xml/);
    assert.match(shown[2], /<style>[\s\S]*<table>/);
    assert.match(shown[3], /width="16"[\s\S]*black/);
    assert.match(shown[4], /alt="Tokens"[^>]*data:image\/svg\+xml/);
  });
});
