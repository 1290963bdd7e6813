import type { SkippedFiles } from "../job/skipped-files.ts";
import { type CheckedFile, commandsOf, type Totals } from "./check-files.ts";
import { formatJson } from "./report-json.ts";

/** Formats a check for scripts: `files` in order, `totals`, and what lies in the folders and was `skipped`, as lines of JSON. */
export function formatCheckJson(
  checked: readonly CheckedFile[],
  { totals, skipped }: { readonly totals: Totals; readonly skipped: readonly SkippedFiles[] },
): readonly string[] {
  const files = checked.map(({ path, report, failure }) => {
    if (report === undefined) return { file: path, served: "none", failure };
    const { problems, ...facts } = report;
    return {
      file: path,
      ...facts,
      problems: problems.map((problem) => ({ ...problem, mend: commandsOf(problem, path) })),
    };
  });
  return formatJson({ files, totals, skipped });
}
