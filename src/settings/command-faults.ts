/**
 * Everything that is wrong with a command's arguments and settings, found before any work starts: sentences without a
 * full stop.
 */
export class CommandFaults extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join("; "));
    this.name = "CommandFaults";
    this.faults = faults;
  }
}

/** Throws CommandFaults if there are any faults. */
export function refuseFaults(faults: readonly string[]): void {
  if (faults.length > 0) throw new CommandFaults(faults);
}
