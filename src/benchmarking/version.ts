import { version } from '../../package.json';
import { projectRoot } from '../data';
import { answerOf } from '../engine/machine';

/** The version of clipbook, and the commit where it runs from a repository. */
export function clipbookVersion(): { version: string; commit?: string } {
  const commit = answerOf('git', ['-C', projectRoot(), 'rev-parse', 'HEAD']);
  return { version, ...(commit && { commit }) };
}
