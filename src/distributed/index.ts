export * from './alone';
export * from './communicator';
export * from './mpi';
export * from './share';
