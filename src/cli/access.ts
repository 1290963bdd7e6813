import type { Terminal } from "../node/terminal.ts";
import type { AccessCommand } from "./access-commands.ts";

/** Carries `tessera access` out and returns the exit status. Throws CommandFaults, BucketError and ImageError. */
export async function access(command: AccessCommand, terminal: Terminal): Promise<number> {
  switch (command.verb) {
    case "mark":
      return (await import("./access-mark.ts")).accessMark(command, terminal);
    case "set":
      return (await import("./access-set.ts")).setAccess(command, terminal);
    case "show":
      return (await import("./access-show.ts")).showAccess(command, terminal);
    case "test":
      return (await import("./access-test.ts")).testAccess(command, terminal);
    case "rules":
      return (await import("./access-rules.ts")).accessRules(command, terminal);
  }
}
