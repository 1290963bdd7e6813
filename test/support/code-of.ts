import { ImageError } from "../../src/error.ts";

/** Returns the code of the ImageError that `act` throws; "none" if it throws nothing. Throws any other error on. */
export function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ImageError) return error.code;
    throw error;
  }
  return "none";
}

/** Returns the code of the ImageError that `work` rejects with; "none" where it succeeds. */
export async function codeOfAsync(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ImageError) return error.code;
    throw error;
  }
  return "none";
}
