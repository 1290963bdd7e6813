import { withDeadline } from "../../budget/deadline.ts";
import { ImageError } from "../../error.ts";
import { isRefused, type PublicAnswer, publicRequestHeaders, readPublicAnswer } from "../../http/public-answer.ts";
import { identifierOfKey } from "../../identity/master-name.ts";
import { imageUri } from "../../presentation/addresses.ts";
import { readImageInfo, usualSizes } from "../../presentation/warm-sizes.ts";
import type { WarmSettings } from "../../task/kinds.ts";
import type { Jobs } from "../jobs.ts";
import type { ItemWork } from "../kinds.ts";
import type { ItemOutcome } from "../outcome.ts";

/** How long one picture may take, to its last byte, in seconds. */
const pictureSeconds = 90;

/** Stands for the Worker of images, which is asked by a binding: no request leaves the platform. */
const base = "https://images.invalid";

/**
 * Asks the Worker of images for an image's info.json and its pictures, as viewers do, so that its caches have them. Nothing was
 * to do where they had all. One that is busy is asked again later.
 */
export const warmItem: ItemWork = async (jobs, { key, identifier, header }) => {
  const { config, clock } = jobs;
  const { sizes: asked, formats = ["jpg"] } = header.settings as WarmSettings;
  const name = identifier ?? identifierOfKey(key, config)?.identifier;
  const began = clock.now();
  const sum = { drawn: 0, kept: 0, copied: 0, bytes: 0 };
  const ended = (outcome: Pick<ItemOutcome, "state" | "failure" | "note">): ItemOutcome => {
    const seconds = { read: (clock.now() - began) / 1000 };
    return { ...outcome, seconds, bytesIn: sum.bytes, bytesOut: 0 };
  };
  if (name === undefined) {
    return ended({
      state: "failed",
      failure: { code: "not-found", message: `No identifier means the object ${key}.` },
    });
  }
  const limits = { maxWidth: config.maxWidth, maxHeight: config.maxHeight, maxArea: config.maxArea };
  const path = imageUri({ base: "", imagePrefix: config.prefix, limits }, 3, name);
  const ask = async (rest: string): Promise<PublicAnswer> => {
    const answer = await askImages(jobs, path + rest);
    sum.bytes += answer.bytes;
    return answer;
  };
  const info = await ask("/info.json");
  // Caches keep nothing for who may not see it.
  const leftOut = { state: "kept", note: "It is not shown to all, and left out." } as const;
  if (isRefused(info)) return ended(leftOut);
  const image = info.status === 200 ? readImageInfo(info.json) : undefined;
  if (image === undefined) return ended(refused(`${path}/info.json`, info));
  for (const format of formats) {
    for (const size of asked ?? usualSizes(name, image, limits)) {
      const rest = `/full/${size}/0/default.${format}`;
      const picture = await ask(rest);
      // What is told of an image may be open where its pictures are not.
      if (isRefused(picture)) return ended(leftOut);
      if (picture.status !== 200) return ended(refused(path + rest, picture));
      if (picture.strategy === "kept") sum.kept += 1;
      else if (picture.strategy === "copy") sum.copied += 1;
      else {
        sum.drawn += 1;
        // What is not drawn for too much is stored when it is asked for again.
        await ask(`${rest}?warm=again`);
      }
    }
  }
  const note = `${sum.drawn} pictures drawn, ${sum.kept} kept already, ${sum.copied} copied from the master.`;
  return ended({ state: sum.drawn > 0 ? "done" : "kept", note });
};

/** Throws `storage-failed` where the Worker of images does not answer in time, or is busy. */
async function askImages({ images, clock }: Jobs, path: string): Promise<PublicAnswer> {
  let answer: PublicAnswer;
  try {
    answer = await withDeadline(clock, pictureSeconds, async (signal) =>
      readPublicAnswer(await images.fetch(base + path, { headers: publicRequestHeaders, signal })),
    );
  } catch (cause) {
    throw new ImageError("storage-failed", "The Worker of images does not answer.", { cause });
  }
  if (answer.status === 503) {
    throw new ImageError("storage-failed", `The Worker of images is not able to answer now (${answer.code ?? "503"}).`);
  }
  return answer;
}

function refused(path: string, { status, code }: PublicAnswer): Pick<ItemOutcome, "state" | "failure"> {
  const message = `${path} is answered with ${status}, not with a picture.`;
  return { state: "failed", failure: { code: code ?? `status-${status}`, message } };
}
