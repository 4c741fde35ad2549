export * from './ablationFigure';
export * from './alipTables';
export * from './dalipTable';
export * from './figureHtml';
export * from './figures';
export * from './htmlReport';
export * from './measured';
export * from './pictures';
export * from './progress';
export * from './published';
export * from './staticSvg';
export * from './sweepFigure';
export * from './table';
export * from './tableFormats';
export * from './tableText';
export * from './verdict';
// display.ts is not here: it needs the notebook kernel.
