import { writeFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { compareSettings } from "../convert/compare.ts";
import type { Terminal } from "../node/terminal.ts";
import { findWriteFault } from "../node/writable-file.ts";
import { CommandFaults } from "../settings/command-faults.ts";
import type { CompareCommand } from "./command.ts";
import { formatComparison } from "./compare-page.ts";
import { exitStatus } from "./exit-status.ts";

/** Runs `tessera compare` and returns the exit status. Throws CommandFaults for a file that can't be read. */
export async function compare({ file, options }: CompareCommand, terminal: Terminal): Promise<number> {
  const target = resolve(terminal.folder, options.out ?? "compare.html");
  const fault = await findWriteFault(target);
  if (fault !== undefined) throw new CommandFaults([`--out ${options.out ?? "compare.html"} ${fault}`]);
  if (target === resolve(terminal.folder, file)) throw new CommandFaults(["--out is the file that is compared"]);
  const crops = await compareSettings(resolve(terminal.folder, file), {
    qualities: options.qualities ?? [70, 80, 89, 95],
    filters: options.filters ?? ["cubic", "mitchell", "lanczos3"],
    crops: options.crops ?? 3,
    side: options.side ?? 320,
    random: Math.random,
  }).catch((error: unknown) => {
    throw new CommandFaults([`${file} can't be compared: ${error instanceof Error ? error.message : error}`]);
  });
  const page = formatComparison(basename(file), crops);
  await writeFile(target, page);
  terminal.print([`${target} (${(Buffer.byteLength(page) / 1e6).toFixed(1)} MB): ${crops.length} crops`]);
  return exitStatus.well;
}
