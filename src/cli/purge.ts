import type { Terminal } from "../node/terminal.ts";
import type { PurgeOrder } from "../operation/purge-order.ts";
import { CommandFaults } from "../settings/command-faults.ts";
import type { PurgeOptions } from "../settings/operation-options.ts";
import type { PurgeCommand } from "./command.ts";
import { exitStatus } from "./exit-status.ts";
import { describePurge, findService, imageOrders, purgeAll } from "./purging.ts";

/** Carries `tessera purge` out and returns the exit status. Throws CommandFaults and AdministrationError. */
export async function purge({ identifiers, options }: PurgeCommand, terminal: Terminal): Promise<number> {
  const service = await findService(options, terminal);
  if ("faults" in service) throw new CommandFaults(service.faults);
  const orders = ordersOf(identifiers, options).map(
    (order): PurgeOrder => (options.dryRun === true ? { ...order, dryRun: true } : order),
  );
  const report = await purgeAll(service, orders, (images) => terminal.show(`${images} images`));
  terminal.show("");
  terminal.print(options.json === true ? JSON.stringify(report, undefined, 2).split("\n") : describePurge(report));
  // What has no master is not found by a listing: somebody who mistypes must not take it for purged.
  const isMissed = options.prefix !== undefined && report.images === 0;
  if (isMissed) {
    terminal.say([
      `There is no image whose identifier starts with ${options.prefix}. Those that are gone are purged by name.`,
    ]);
  }
  return isMissed || report.workersCache.state === "refused" ? exitStatus.failed : exitStatus.well;
}

function ordersOf(identifiers: readonly string[], options: PurgeOptions): readonly PurgeOrder[] {
  const { object, collection, prefix } = options;
  if (object !== undefined) return [{ kind: "object", key: object }];
  if (collection !== undefined) return [{ kind: "collection", key: collection }];
  if (prefix !== undefined) return [{ kind: "prefix", prefix }];
  return options.everything === true ? [{ kind: "everything" }] : imageOrders(identifiers);
}
