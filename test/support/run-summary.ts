import { relative } from "node:path";
import type { Reporter, TestModule, TestSpecification, Vitest } from "vitest/node";

/** How many of the slowest tests and files are named at the end. */
const named = 10;

/** How many lines tell how far a run is. */
const progressLines = 10;

interface Timed {
  readonly name: string;
  readonly milliseconds: number;
}

/**
 * Reports how far a run has come, and at its end which tests and files took longest. Complements `minimal`, which
 * reports failures.
 */
export default class RunSummary implements Reporter {
  private vitest: Vitest | undefined;
  private files = 0;
  private filesDone = 0;

  onInit(vitest: Vitest): void {
    this.vitest = vitest;
  }

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    this.files = specifications.length;
    this.filesDone = 0;
  }

  onTestModuleEnd(): void {
    const lineOf = (done: number) => Math.floor((done * progressLines) / this.files);
    this.filesDone += 1;
    if (lineOf(this.filesDone) > lineOf(this.filesDone - 1)) this.say(`${this.filesDone} of ${this.files} test files`);
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const pathOf = ({ moduleId }: TestModule) => relative(this.vitest?.config.root ?? "", moduleId);
    const tests = modules.flatMap((module) =>
      [...module.children.allTests()].map((test): Timed => {
        return { name: `${pathOf(module)} > ${test.fullName}`, milliseconds: test.diagnostic()?.duration ?? 0 };
      }),
    );
    // Hooks count with the file that they belong to.
    const files = modules.map((module): Timed => {
      return { name: pathOf(module), milliseconds: module.diagnostic().duration };
    });
    this.nameSlowest("tests", tests);
    this.nameSlowest("files", files);
  }

  private nameSlowest(kind: string, all: readonly Timed[]): void {
    const slowest = all.toSorted((one, other) => other.milliseconds - one.milliseconds).slice(0, named);
    this.say(`\nThe slowest ${kind}:`);
    for (const { name, milliseconds } of slowest)
      this.say(`${(milliseconds / 1000).toFixed(1).padStart(7)} s  ${name}`);
  }

  private say(line: string): void {
    this.vitest?.logger.log(line);
  }
}
