import { type CheckedFile, commandsOf, type Totals } from "./check-files.ts";

/** Words a check for scripts: `files` in their order and `totals`, as JSON with a line break at its end. Never throws. */
export function formatCheckJson(checked: readonly CheckedFile[], totals: Totals): string {
  const files = checked.map(({ path, report, failure }) => {
    if (report === undefined) return { file: path, served: "none", failure };
    const { problems, ...facts } = report;
    return {
      file: path,
      ...facts,
      problems: problems.map((problem) => ({ ...problem, mend: commandsOf(problem, path) })),
    };
  });
  return `${JSON.stringify({ files, totals }, undefined, 2)}\n`;
}
