import { sha256 } from "../digest.ts";

/** What bytes are held against when they come back: their length, and their SHA-256 as 64 hexadecimal digits. */
export interface Seal {
  readonly byteLength: number;
  readonly sha256: string;
}

/** Returns the seal of bytes. */
export async function sealOf(bytes: Uint8Array): Promise<Seal> {
  return { byteLength: bytes.byteLength, sha256: await sha256(bytes) };
}

/** Parses a seal as it is written on what is kept; undefined if it is missing or malformed. */
export function parseSeal(length: string | null | undefined, sha256: string | null | undefined): Seal | undefined {
  if (!/^\d{1,15}$/.test(length ?? "") || !/^[0-9a-f]{64}$/.test(sha256 ?? "")) return undefined;
  return { byteLength: Number(length), sha256: sha256 as string };
}
