export * from './atomicFile';
export * from './growingFile';
export * from './recordIO';
export * from './recordReader';
export * from './safetensors';
