import { recordKey } from "../../catalogue/image-records.ts";
import { parseWork, workKey } from "../../catalogue/work-record.ts";
import type { FindingPlace } from "../../check/verify-finding.ts";
import { type ShownImages, verifyImageRecord, verifyMasterFile } from "../../check/verify-master.ts";
import { formatDigest } from "../../digest.ts";
import { ImageError } from "../../error.ts";
import { mostVerifiedBytes, mostVerifiedPixels } from "../../limits.ts";
import type { ByteSource } from "../../source/byte-source.ts";
import type { VerifySettings } from "../../task/kinds.ts";
import type { Jobs } from "../jobs.ts";
import type { ItemWork } from "../kinds.ts";
import type { ItemOutcome } from "../outcome.ts";
import { readRecord } from "../read-record.ts";
import { holdingMemory, missingMaster, type OpenedMaster, openItemMaster, openJobDrawer } from "./master.ts";

/** Bytes of a master that are read at once to be summed up. */
const partBytes = 8 << 20;

/**
 * Verifies a master as `tessera verify` does: its bytes by the sum that is written on it, its header, size and record, with
 * `decode` each of its tiles. One with a finding has failed.
 */
export const verifyItem: ItemWork = async (jobs, { key, header, ...claimed }, signal) => {
  const { decode = false } = header.settings as VerifySettings;
  const master = await openItemMaster(jobs, { key, header, ...claimed });
  if (master === undefined) return missingMaster(key);
  const refusal = refusalOf(master, { key, decode });
  if (refusal !== undefined) return master.ended(refusal);
  const { source, metadata, identifier = key } = master;
  const place: FindingPlace = { kind: "image", name: identifier, bucket: "masters", key };
  let isUnsealed = false;
  const { findings, size } = await verifyMasterFile(
    place,
    { source, metadata },
    {
      sha256: (bytes) => holdingMemory(jobs, signal, () => sha256OfParts(bytes)),
      draw: decode ? openJobDrawer(jobs, signal) : undefined,
      onUnsealed: () => {
        isUnsealed = true;
      },
    },
  );
  const record = recordKey(identifier);
  const stored = await readRecord(jobs, record);
  const recorded =
    stored === undefined
      ? []
      : await verifyImageRecord({ ...place, bucket: "catalogue", key: record }, stored, {
          size,
          imagesOf: (object) => imagesOf(jobs, object),
        });
  const [first, ...others] = [...findings, ...recorded];
  if (first === undefined) {
    const note = isUnsealed ? "No checksum is written on it, so its bytes could not be compared." : undefined;
    return master.ended({ state: "done", note });
  }
  const more = others.length === 0 ? "" : ` And ${others.map(({ code }) => code).join(", ")}.`;
  return master.ended({
    state: "failed",
    failure: { code: first.code, message: `${first.message} ${first.mend}${more}` },
  });
};

function refusalOf(
  { source, metadata }: OpenedMaster,
  { key, decode }: { readonly key: string; readonly decode: boolean },
): Pick<ItemOutcome, "state" | "failure"> | undefined {
  const command = `tessera verify${decode ? " --deep" : ""} --to remote`;
  if (source.size > mostVerifiedBytes) {
    const message = `${key} has ${source.size} bytes, and up to ${mostVerifiedBytes} are summed up here.`;
    return { state: "refused", failure: { code: "too-large", message, command } };
  }
  const pixels = Number(metadata.width) * Number(metadata.height);
  if (decode && pixels > mostVerifiedPixels) {
    const message = `${key} has ${pixels} pixels, and up to ${mostVerifiedPixels} are decoded here.`;
    return { state: "refused", failure: { code: "too-large", message, command } };
  }
  return undefined;
}

async function sha256OfParts(source: ByteSource): Promise<string> {
  const digest = new crypto.DigestStream("SHA-256");
  const writer = digest.getWriter();
  for (let at = 0; at < source.size; at += partBytes) await writer.write(await source.read(at, partBytes));
  await writer.close();
  return formatDigest(await digest.digest);
}

async function imagesOf(jobs: Jobs, object: string): Promise<ShownImages> {
  try {
    const bytes = await readRecord(jobs, workKey(object));
    if (bytes === undefined) return "missing";
    return new Set(parseWork(bytes, object).pages.flatMap(({ images }) => images.map(({ identifier }) => identifier)));
  } catch (error) {
    // What is wrong with an object is no finding of its images.
    if (error instanceof ImageError && error.code === "record-malformed") return "unread";
    throw error;
  }
}
