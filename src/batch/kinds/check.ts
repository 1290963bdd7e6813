import { checkMaster } from "../../check/check.ts";
import type { MasterReport } from "../../check/report.ts";
import type { CheckSettings } from "../../task/kinds.ts";
import type { ItemWork } from "../kinds.ts";
import type { ItemOutcome } from "../outcome.ts";
import { holdingMemory, missingMaster, openItemMaster, openJobDrawer } from "./master.ts";

/** Problems that a note lists. */
const mostNoted = 5;

/** Looks at a master as `tessera check` does: one with an error has failed, its other problems are noted. */
export const checkItem: ItemWork = async (jobs, { key, header, ...claimed }, signal) => {
  const { decode = false } = header.settings as CheckSettings;
  const master = await openItemMaster(jobs, { key, header, ...claimed });
  if (master === undefined) return missingMaster(key);
  const { source, ended } = master;
  const report = decode
    ? await checkMaster(source, { draw: openJobDrawer(jobs, signal) })
    : await holdingMemory(jobs, signal, () => checkMaster(source));
  return ended(judge(report));
};

function judge({ problems, served }: MasterReport): Pick<ItemOutcome, "state" | "failure" | "note"> {
  const [error] = problems.filter(({ severity }) => severity === "error");
  if (error !== undefined) return { state: "failed", failure: { code: error.code, message: error.message } };
  const codes = problems.filter(({ severity }) => severity === "warning").map(({ code }) => code);
  const shown = codes.slice(0, mostNoted).join(", ");
  const more = codes.length > mostNoted ? ` and ${codes.length - mostNoted} more` : "";
  return { state: "done", note: `Served ${served}.${codes.length === 0 ? "" : ` Warnings: ${shown}${more}.`}` };
}
