import type { Account } from "../account.ts";
import type { RequestClass } from "./request-class.ts";

/** The kinds of programs that ask. */
export type ClientFamily = "browser" | "crawler" | "ai-crawler" | "preview" | "library" | "iiif" | "none" | "other";

/** A request that was answered, as statistics see it. */
export interface Observation {
  readonly class: RequestClass;
  readonly status: number;
  /** `ok`, or the name of the fault. */
  readonly code: string;
  readonly client: ClientFamily;
  readonly account: Account;
  /** Until the answer began. */
  readonly milliseconds: number;
  /** When it began, in milliseconds since 1970. */
  readonly at: number;
}

/** Where a picture came from: `client` had it, a tier kept it, or it was made from its master. */
export type PictureTier = "client" | "edge" | "bucket" | "drawn";

/** Returns where the picture of a request came from; undefined where none was answered. */
export function tierOf({ class: kind, status, account }: Observation): PictureTier | undefined {
  if (kind !== "image") return undefined;
  if (status === 304) return "client";
  if (account.strategy === "none") return undefined;
  return account.strategy === "kept" && account.cache !== "miss" ? account.cache : "drawn";
}

/** Longest sides, in pixels, by which sizes are told apart. */
const sides = [128, 256, 512, 1024, 2048, 4096] as const;

/** Returns the class of size that was asked for: `256` for a longest side above 128 and up to 256 pixels; undefined for no picture. */
export function sizeOf({ account: { width, height } }: Observation): string | undefined {
  const longest = Math.max(width, height);
  if (longest === 0) return undefined;
  return String(sides.find((side) => longest <= side) ?? "larger");
}
