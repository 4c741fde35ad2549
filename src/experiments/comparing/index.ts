export * from './comparedParts';
export * from './compareRuns';
export * from './configDifferences';
export * from './scores';
export * from './storedRuns';
