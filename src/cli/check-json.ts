import type { SkippedFiles } from "../job/skipped-files.ts";
import type { TerminalOutput } from "../node/terminal.ts";
import { type CheckedFile, commandsOf, type Totals } from "./check-files.ts";
import { formatJson } from "./report-json.ts";

/** Prints a check for scripts, file by file: one value of JSON in the end. */
export interface CheckJson {
  readonly add: (file: CheckedFile) => void;
  /** Prints the totals, and what lies in the folders and was skipped. */
  readonly end: (totals: Totals, skipped: readonly SkippedFiles[]) => void;
}

/** Returns what prints `files` in order, `totals` and `skipped`, indented as all reports are. None but the last file is held. */
export function printCheckJson({ print }: Pick<TerminalOutput, "print">): CheckJson {
  let held: readonly string[] | undefined;
  const printHeld = (separator: string): void => {
    if (held !== undefined) print([...held.slice(0, -1), `${held.at(-1)}${separator}`]);
  };
  const begin = (): void => {
    if (held === undefined) print(["{", '  "files": [']);
  };
  return {
    add(file) {
      begin();
      printHeld(",");
      held = formatJson(describeChecked(file)).map((line) => `    ${line}`);
    },
    end(totals, skipped) {
      const [, ...rest] = formatJson({ totals, skipped });
      begin();
      printHeld("");
      print(["  ],", ...rest]);
    },
  };
}

/** Returns what was found out about a file as it stands in a report for scripts. */
export function describeChecked({ path, mendPath, report, failure }: CheckedFile): object {
  if (report === undefined) return { file: path, served: "none", failure };
  const { problems, ...facts } = report;
  const mended = problems.map((problem) => ({ ...problem, mend: commandsOf(problem, mendPath ?? path) }));
  return { file: path, ...facts, problems: mended };
}
