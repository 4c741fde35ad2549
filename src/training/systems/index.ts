export * from './contrast';
export * from './declip';
export * from './filip';
export * from './hiclip';
export * from './slip';
export * from './uniclip';
