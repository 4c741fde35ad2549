export * from './beamSearch';
export * from './captionList';
export * from './captionSamples';
export * from './writeCaptions';
