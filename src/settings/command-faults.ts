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

/** What is wrong with a configuration, and what of it can be relied on all the same. */
export class ConfigurationFaults<Values extends object> extends CommandFaults {
  /** The options that are right. */
  readonly values: Values;
  /** Names of options that are given and wrong; undefined where any may be meant. */
  readonly wrong: ReadonlySet<string> | undefined;

  constructor(
    faults: readonly string[],
    { values, wrong }: { readonly values: Values; readonly wrong: ReadonlySet<string> | undefined },
  ) {
    super(faults);
    this.name = "ConfigurationFaults";
    this.values = values;
    this.wrong = wrong;
  }
}

/** Waits for what is read; where that throws CommandFaults, adds them to `faults` and returns undefined. */
export async function gatherFaults<Result>(faults: string[], read: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof CommandFaults)) throw error;
    faults.push(...error.faults);
    return undefined;
  }
}

/** Throws CommandFaults when there are any. */
export function refuseFaults(faults: readonly string[]): void {
  if (faults.length > 0) throw new CommandFaults(faults);
}
