import { formatSkipped } from "../job/skipped-files.ts";
import { failUnnamed } from "../job/source-failure.ts";
import { findFiles } from "../job/source-files.ts";
import type { Terminal } from "../node/terminal.ts";
import { refuseFaults } from "../settings/command-faults.ts";
import { ensureKernel } from "./build-kernels.ts";
import { formatBrief, formatTotals } from "./check-brief.ts";
import { openDrawer, openViewer } from "./check-drawer.ts";
import { type CheckedFile, checkFiles, countChecked, type Totals } from "./check-files.ts";
import { formatCheckJson } from "./check-json.ts";
import { showCheckProgress } from "./check-progress.ts";
import { formatCheck } from "./check-text.ts";
import type { CheckCommand } from "./command.ts";
import { exitStatus } from "./exit-status.ts";

/**
 * Runs `tessera check` and returns the exit status. Text is printed file by file as it is known, JSON at the end.
 * Throws CommandFaults for paths that don't exist.
 */
export async function check({ sources, options }: CheckCommand, terminal: Terminal): Promise<number> {
  const { files, unnamed, faults, skipped } = await findFiles(sources);
  refuseFaults(faults);
  terminal.say(formatSkipped(skipped).map((sentence) => `Note: ${sentence}`));
  if (options.decode === true) await ensureKernel(terminal.projectFolder, terminal);
  const draw = options.decode === true ? openDrawer() : undefined;
  const see = options.decode === true ? openViewer() : undefined;
  const progress = showCheckProgress(files.length, terminal);
  const checked: CheckedFile[] = [];
  const totals: Totals = { files: 0, whole: 0, part: 0, none: 0, error: 0, warning: 0, note: 0 };
  const tell = (file: CheckedFile): void => {
    countChecked(totals, file);
    if (options.json === true) checked.push(file);
    else terminal.print(options.brief === true ? [formatBrief(file)] : [...formatCheck(file), ""]);
  };
  // A check is only for who reads it: it ends when nobody does.
  const signal = AbortSignal.any([terminal.signal, terminal.unread]);
  try {
    for (const { source, failure } of unnamed.map(failUnnamed)) tell({ path: source, report: undefined, failure });
    for await (const file of checkFiles(files, { draw, see, signal, onStart: progress.onStart })) {
      tell(file);
      progress.onEnd();
    }
  } finally {
    terminal.show("");
  }
  terminal.print(options.json === true ? formatCheckJson(checked, { totals, skipped }) : [formatTotals(totals)]);
  if (terminal.signal.aborted || totals.files < files.length + unnamed.length) return exitStatus.stopped;
  const isFailed = totals.part + totals.none > 0 || (options.strict === true && totals.warning > 0);
  return isFailed ? exitStatus.failed : exitStatus.well;
}
