import { jobsFile } from "./jobs-binding.ts";

/** What deploying needs: a way to run wrangler, and the file that binds the Worker of images to that of jobs. */
export interface DeployTools {
  /** Runs wrangler with these arguments, shows what it prints, and says whether it ended well. */
  readonly run: (args: readonly string[]) => Promise<boolean>;
  /** Runs it without showing anything. */
  readonly ask: (args: readonly string[]) => Promise<boolean>;
  /** Makes the Wrangler file with the binding, and returns its path. */
  readonly layWithJobs: () => Promise<string>;
}

/**
 * Deploys both Workers. Each is bound to the other, and a binding to a Worker that is not there can't be deployed: the first
 * time the Worker of images goes first, without its binding. Returns whether all went well; what fails ends it.
 */
export async function deployWorkers({ run, ask, layWithJobs }: DeployTools): Promise<boolean> {
  const isJobsThere = await ask(["deployments", "list", "-c", jobsFile]);
  if (!isJobsThere && !(await run(["deploy"]))) return false;
  if (!(await run(["deploy", "-c", jobsFile]))) return false;
  return run(["deploy", "-c", await layWithJobs()]);
}
