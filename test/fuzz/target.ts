import type { Random } from "../support/random.ts";

/** One case: the bytes under test, and whatever else it takes, as JSON. */
export interface FuzzCase<Form = unknown> {
  readonly bytes: Uint8Array;
  readonly form: Form;
}

/** Part of the code that is given damaged bytes. */
export interface FuzzTarget<Form = unknown> {
  readonly name: string;
  /** What files of its finds end with. */
  readonly extension: string;
  /** Makes a case, the same for the same numbers. */
  makeCase(random: Random): FuzzCase<Form>;
  /** Does what the service would do with the bytes. Rejects with what that throws, and with a Violation. */
  run(fuzzCase: FuzzCase<Form>): Promise<void>;
}

/** A bound that was passed: too many reads, too much memory, bytes that were not the kernel's to write. */
export class Violation extends Error {
  constructor(message: string) {
    super(message);
    this.name = "Violation";
  }
}

/** Returns a target that takes forms as they are read from a file: its own. */
export function anyForm<Form>(target: FuzzTarget<Form>): FuzzTarget {
  return target as FuzzTarget;
}

/** Throws a Violation when there are more of something than its bound. */
export function holdBound(what: string, found: number, bound: number): void {
  if (found > bound) throw new Violation(`${found} ${what}, above ${bound}`);
}
