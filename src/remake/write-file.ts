import { type AssembledFile, assembledBytes } from "./assembled.ts";
import type { Spill } from "./spill.ts";
import type { Stages } from "./stages.ts";
import { leastPartBytes, type MasterMarks, partsOf, type Target, type UploadedPart } from "./target.ts";

/** Computes a SHA-256 of bytes as they come. */
export interface RunningDigest {
  update(bytes: Uint8Array): void;
  /** Returns the digest in hexadecimal; called once. */
  hex(): string | Promise<string>;
}

/** What writing a file takes. */
export interface FileWriting {
  readonly spill: Spill;
  /** What notes of this file begin with in the spill. */
  readonly folder: string;
  readonly target: Target;
  readonly digest: RunningDigest;
  /** What is written on the file next to its digest. */
  readonly marks: Omit<MasterMarks, "sha256">;
  readonly stages: Stages;
  /** Called between parts; throws to stop. */
  readonly pause?: (() => Promise<void>) | undefined;
  /** Called before anything is uploaded: throws to keep it from being seen. */
  readonly confirm: () => Promise<void>;
  /** Called last of all before it is seen: throws where the source has been replaced. */
  readonly refuseChanged: () => Promise<void>;
}

/**
 * Writes a file to a target and returns its SHA-256 in hexadecimal: small at once, else in parts. It is read twice, for
 * storage takes what is written on a file before its first byte. An upload that an earlier run left is given up first. Where
 * anything fails nothing is seen at the target, and the upload is given up. Throws what reading, the target and `confirm`
 * throw.
 */
export async function writeFile(file: AssembledFile, writing: FileWriting): Promise<string> {
  const { target, stages, confirm, refuseChanged } = writing;
  await giveUpEarlier(writing);
  await confirm();
  const sha256 = await sumUp(file, writing);
  const marks = { ...writing.marks, sha256 };
  const parts = partsOf(assembledBytes(file));
  if (file.layout.size < leastPartBytes) {
    const { value } = await stages.time("read", () => parts.next());
    await refuseChanged();
    await stages.time("write", () => target.put(value ?? new Uint8Array(0), marks));
    return sha256;
  }
  const upload = await stages.time("write", () => target.begin(marks));
  try {
    await noteUpload(writing, upload);
    const uploaded = await uploadParts(parts, upload, writing);
    await refuseChanged();
    await stages.time("write", () => target.complete(upload, uploaded));
  } catch (error) {
    // Where it can't be given up now, the next run does it: its note is still there.
    await giveUp(writing, upload).catch(() => undefined);
    throw error;
  }
  await noteUpload(writing, "");
  return sha256;
}

async function sumUp(file: AssembledFile, { digest, stages, pause }: FileWriting): Promise<string> {
  const pieces = assembledBytes(file);
  for (;;) {
    const next = await stages.time("read", () => pieces.next());
    if (next.done === true) return stages.time("verify", async () => digest.hex());
    stages.count("verify", () => digest.update(next.value));
    await pause?.();
  }
}

async function uploadParts(
  parts: AsyncGenerator<Uint8Array>,
  upload: string,
  { target, stages, pause }: FileWriting,
): Promise<readonly UploadedPart[]> {
  const uploaded: UploadedPart[] = [];
  for (;;) {
    const next = await stages.time("read", () => parts.next());
    if (next.done === true) return uploaded;
    const bytes = next.value;
    uploaded.push(await stages.time("write", () => target.part(upload, uploaded.length + 1, bytes)));
    await pause?.();
  }
}

/** An upload that was interrupted has parts whose digest is unknown: it is made anew. */
async function giveUpEarlier({ spill, folder, target }: FileWriting): Promise<void> {
  const note = await spill.get(noteName(folder, target));
  const earlier = note === undefined ? "" : new TextDecoder().decode(note);
  if (earlier !== "") await target.abort(earlier);
}

async function giveUp(writing: FileWriting, upload: string): Promise<void> {
  await writing.target.abort(upload);
  await noteUpload(writing, "");
}

async function noteUpload({ spill, folder, target }: FileWriting, upload: string): Promise<void> {
  await spill.put(noteName(folder, target), new TextEncoder().encode(upload));
}

function noteName(folder: string, { name }: Target): string {
  return `${folder}/upload-${name}`;
}
