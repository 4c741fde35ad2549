export * from './alone';
export * from './communicator';
