export { CORRUPTIONS, type CorruptionName, corruptImage, EXTRA_CORRUPTIONS } from './corrupt';
export { type Corruption, SEVERITIES, type Severity } from './severity';
