import { basename, resolve } from "node:path";
import { compareSettings } from "../convert/compare.ts";
import { formatMegabytes } from "../node/megabytes.ts";
import type { Terminal } from "../node/terminal.ts";
import { findWriteFault, writeResult } from "../node/writable-file.ts";
import { CommandFaults } from "../settings/command-faults.ts";
import { ensureKernel } from "./build-kernels.ts";
import type { CompareCommand } from "./command.ts";
import { formatComparison } from "./compare-page.ts";
import { exitStatus } from "./exit-status.ts";

/** Runs `tessera compare` and returns the exit status. Throws CommandFaults for a file that can't be compared. */
export async function compare({ file, options }: CompareCommand, terminal: Terminal): Promise<number> {
  const target = resolve(terminal.folder, options.out ?? "compare.html");
  const fault = await findWriteFault(target);
  if (fault !== undefined) throw new CommandFaults([`--out ${options.out ?? "compare.html"} ${fault}`]);
  if (target === resolve(terminal.folder, file)) throw new CommandFaults(["--out is the file that is compared"]);
  await ensureKernel(terminal.projectFolder, terminal);
  const comparison = await compareSettings(resolve(terminal.folder, file), {
    compressions: options.compressions ?? ["jpeg"],
    qualities: options.qualities ?? [70, 80, 89, 95],
    crops: options.crops ?? 3,
    side: options.side ?? 512,
    random: Math.random,
    signal: terminal.signal,
    onProgress: terminal.show,
  })
    .catch((error: unknown) => {
      terminal.signal.throwIfAborted();
      throw new CommandFaults([`${file} can't be compared: ${reasonOf(error)}`]);
    })
    .finally(() => terminal.show(""));
  const { crops, variants } = comparison;
  const page = formatComparison(basename(file), comparison);
  await writeResult(target, page);
  terminal.print([
    ...variants.map(({ name, fileBytes }) => `${formatMegabytes(fileBytes).padStart(8)} MB  ${name}`),
    `${target} (${formatMegabytes(Buffer.byteLength(page))} MB): ${crops.length} ${crops.length === 1 ? "crop" : "crops"}`,
  ]);
  return exitStatus.well;
}

/** Without what ends a sentence, which goes on around it. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s+/g, " ").replace(/\.$/, "");
}
