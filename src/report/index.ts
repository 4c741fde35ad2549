export * from './ablationFigure';
export * from './alipTables';
export * from './averagesTable';
export * from './benchmarkSheet';
export * from './comparison';
export * from './comparisonTable';
export * from './contactSheet';
export * from './controls';
export * from './dalipTable';
export * from './differenceFigure';
export * from './differenceSentences';
export * from './differenceTable';
export * from './drawing';
export {
  type ContrastPair,
  contrastTable,
  type ExplainedContrast,
  type ExplainedSigmoid,
  explainContrast,
  explainSigmoid,
} from './explainContrast';
export * from './explainGates';
export * from './figureHtml';
export * from './figures';
export * from './filterPictures';
export * from './gapFigure';
export * from './gateExplorer';
export * from './gateSteps';
export * from './gridMapsDrawing';
export * from './hierarchyDrawing';
export * from './htmlPage';
export * from './htmlReport';
export * from './indexPage';
export * from './matrixFigure';
export * from './measured';
export * from './methodDifferences';
export * from './neighboursDrawing';
export * from './noiseFigure';
export * from './pairMatricesDrawing';
export * from './pairsDrawing';
export * from './pictures';
export * from './pictureWeightsDrawing';
export * from './progress';
export * from './published';
export * from './publishedDifferences';
export * from './rocFigure';
export * from './scalingFigure';
export * from './seedsCell';
export * from './sentenceHierarchyDrawing';
export * from './spreadTable';
export * from './staticSvg';
export * from './sweepFigure';
export * from './table';
export * from './tableFormats';
export * from './tableLatex';
export * from './tableText';
export * from './temperatureExplorer';
export * from './testSizeTable';
export * from './textWeightsDrawing';
export * from './tradeFigure';
export * from './verdict';
export * from './weightHistograms';
// display.ts is not here: it needs the notebook kernel.
