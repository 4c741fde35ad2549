export * from './alip';
export * from './alipGates';
export * from './alipRanks';
export * from './caption';
export * from './clip';
export * from './dalip';
