export * from './alip';
export * from './clip';
export * from './dalip';
