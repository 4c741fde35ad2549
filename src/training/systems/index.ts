export * from './contrast';
export * from './declip';
export * from './defaults';
export * from './filip';
export * from './hiclip';
export * from './settings';
export * from './slip';
export * from './uniclip';
