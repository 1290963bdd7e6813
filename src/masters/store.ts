import type { Clock } from "../budget/clock.ts";
import type { MemoryBudget } from "../budget/memory-budget.ts";
import type { IsolateCache } from "../cache/isolate.ts";
import type { CacheTier } from "../cache/tier.ts";
import type { MasterName, MasterPlaces } from "../identity/master-name.ts";
import type { ByteSource } from "../source/byte-source.ts";
import type { StoredObject } from "../source/stored-object.ts";
import type { OpeningHabit } from "./early-tail.ts";
import type { MasterImage } from "./image.ts";
import type { KeptMaster } from "./kept-index.ts";

/** The image that is meant, with the names that all of its master share. */
export interface NamedMaster extends MasterName {
  readonly places: MasterPlaces;
}

/** A master ready to be read: what it holds, and its bytes, pinned to one version. */
export interface Master extends MasterImage {
  readonly name: NamedMaster;
  readonly version: string;
  readonly source: ByteSource;
  /** By when this version was there, in seconds since 1970: as storage said when it had been stored, or when it was last seen. */
  readonly thereAt: number;
}

/** What an isolate holds of a master. */
export interface HeldMaster {
  readonly places: MasterPlaces;
  readonly kept: KeptMaster;
}

/** What opening masters takes. */
export interface MasterStore {
  /** Where a master is read; what reads it gives up once `signal` is aborted, which tells that the client has gone. */
  readonly objectOf: (name: MasterName, signal: AbortSignal | undefined) => StoredObject;
  /** How long storage is waited for. */
  readonly storage: { readonly clock: Clock; readonly timeoutSeconds: number };
  readonly held: IsolateCache<HeldMaster>;
  readonly habit: OpeningHabit;
  /** What is kept outside the isolate: first the near tier, then the one that outlives it. */
  readonly edge: CacheTier;
  readonly durable: CacheTier;
  /** What opening a master takes its memory from. */
  readonly budget: MemoryBudget;
  readonly ttlSeconds: number;
  /** Blocks of metadata are read and kept only if derivatives take them over. */
  readonly keepsBlocks: boolean;
}
