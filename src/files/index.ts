export * from './atomicFile';
export * from './safetensors';
