import type { ExperimentReport, ReportInput } from './experiment';

export function gatesReport(_: ReportInput): ExperimentReport {
  throw new Error('not yet');
}
