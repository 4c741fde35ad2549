import { join } from 'node:path';
import { BadInputCounter } from '../data';
import { projectRoot } from '../data/projectRoot';
import { readRunSummary } from '../training';
import {
  armsOf,
  type Experiment,
  type ExperimentReport,
  type ProfileName,
  type ReportInput,
  type RunSummary,
} from './experiment';
import { observationsIn, runName } from './runArm';

/**
 * The runs of a profile that are finished, such as the committed ones, ready for a report: nothing is trained.
 *
 * @param root the folder of all results; default the project's `results/`
 * @throws when one of the profile's runs is not finished, naming it
 */
export async function finishedRuns(
  experiment: Experiment,
  profileName: ProfileName,
  root = join(projectRoot(), 'results'),
): Promise<ReportInput> {
  const profile = experiment.profiles[profileName];
  const runs = profile.seeds.flatMap((seed) =>
    armsOf(experiment, profile).map(({ id }) => {
      const name = runName(id, seed);
      const summary = readRunSummary({ root: join(root, experiment.id), experiment: profileName, name });
      if (summary) return summary as unknown as RunSummary;
      throw new Error(
        `Expected the finished run "${name}" of ${experiment.id} in "${root}", but it is not there; ` +
          `npm run reproduce -- ${experiment.id} --profile ${profileName} trains what is missing.`,
      );
    }),
  );
  const data = await experiment.load(new BadInputCounter());
  const observationsOf = observationsIn({ experiment, profileName, root });
  return { profileName, profile, data, runs, observationsOf };
}

/** Their tables, figures and verdicts; arguments and errors as for `finishedRuns`. */
export async function finishedReport(
  experiment: Experiment,
  profileName: ProfileName,
  root?: string,
): Promise<ExperimentReport> {
  return experiment.report(await finishedRuns(experiment, profileName, root));
}
