import { describe, expect, it } from "vitest";
import { deployWorkers } from "../../deploy/deploy-workers.ts";

/** Deploys to an account in which a Worker of jobs is there or not, and returns the commands. */
async function deploy(isJobsThere: boolean, fails?: string) {
  const commands: string[] = [];
  const isDone = await deployWorkers({
    run: async (args) => {
      const command = args.join(" ");
      commands.push(command);
      return command !== fails;
    },
    ask: async () => isJobsThere,
    layWithJobs: async () => "with-jobs.toml",
  });
  return { commands, isDone };
}

describe("deploying both Workers", () => {
  it("begins with the Worker of images, without its binding, where that of jobs is not there yet", async () => {
    expect(await deploy(false)).toEqual({
      commands: ["deploy", "deploy -c wrangler.jobs.toml", "deploy -c with-jobs.toml"],
      isDone: true,
    });
  });

  it("never takes the binding away from one that is deployed", async () => {
    const { commands } = await deploy(true);
    expect(commands).toEqual(["deploy -c wrangler.jobs.toml", "deploy -c with-jobs.toml"]);
  });

  it("ends with what fails", async () => {
    expect(await deploy(false, "deploy")).toEqual({ commands: ["deploy"], isDone: false });
    const { commands, isDone } = await deploy(true, "deploy -c wrangler.jobs.toml");
    expect([commands, isDone]).toEqual([["deploy -c wrangler.jobs.toml"], false]);
  });
});
