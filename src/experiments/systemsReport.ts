import type { ExperimentReport, ReportInput } from './experiment';
import { lossFigure } from './report';
import { SYSTEM_ARMS } from './systemsArms';

export function systemsReport(input: ReportInput): ExperimentReport {
  return {
    tables: [],
    figures: [
      lossFigure(
        input,
        SYSTEM_ARMS.map(({ arm }) => arm),
      ),
    ],
    verdicts: [],
    notes: [],
  };
}
