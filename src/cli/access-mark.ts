import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { markKey } from "../catalogue/mark-name.ts";
import { drawTextMark, type MarkPicture, readMarkPicture } from "../convert/mark-picture.ts";
import { maxMarkBytes } from "../limits.ts";
import type { Terminal } from "../node/terminal.ts";
import { CommandFaults, refuseFaults } from "../settings/command-faults.ts";
import type { MarkOptions } from "../settings/mark-options.ts";
import { nameBuckets } from "./choose-buckets.ts";
import { exitStatus } from "./exit-status.ts";
import type { MarkCommand } from "./mark-command.ts";
import { onBuckets } from "./service-buckets.ts";

/** The font of the pages, which lies beside the program. */
const pageFont = "build/page/fonts/source-sans-3-latin-wght-normal.woff2";

/** Carries `tessera access mark` out and returns the exit status. Throws CommandFaults and BucketError. */
export async function accessMark({ name, options: given }: MarkCommand, terminal: Terminal): Promise<number> {
  const faults: string[] = [];
  const { options, open } = await nameBuckets(given, { terminal, asked: ["catalogue"], faults });
  refuseFaults([...new Set(faults)]);
  const { bytes, width, height } = await makeMark(options, terminal);
  const key = markKey(name);
  const buckets = open();
  return onBuckets(buckets, terminal, async () => {
    const { catalogue } = buckets;
    const md5 = createHash("md5").update(bytes).digest("hex");
    const isReplaced = (await catalogue.head(key)) !== undefined;
    await catalogue.put(key, { bytes, md5 }, { contentType: "image/png", metadata: {} });
    terminal.print([`${key}: ${width} by ${height} pixels, ${bytes.byteLength} bytes; in ${catalogue.name}`]);
    if (isReplaced) terminal.say(["Pictures with the former mark are kept until they are purged: npx tessera purge."]);
    return exitStatus.well;
  });
}

async function makeMark({ text, font, image }: MarkOptions, terminal: Terminal): Promise<MarkPicture> {
  const { folder, projectFolder } = terminal;
  const fontFile = font === undefined ? join(projectFolder, pageFont) : resolve(folder, font);
  // A font that is not there is left out without a word, and another is taken.
  if (text !== undefined && !existsSync(fontFile)) {
    const built = font === undefined ? ": npm run build makes it" : "";
    throw new CommandFaults([`there is no font ${font ?? pageFont}${built}`]);
  }
  const picture = await (text === undefined
    ? orFault(image ?? "", readMarkPicture(resolve(folder, image ?? "")))
    : orFault("the text", drawTextMark(text.replaceAll("\\n", "\n"), fontFile)));
  const { byteLength } = picture.bytes;
  if (byteLength <= maxMarkBytes) return picture;
  throw new CommandFaults([`the mark has ${byteLength} bytes, and may have ${maxMarkBytes}: take a simpler picture`]);
}

async function orFault(what: string, made: Promise<MarkPicture>): Promise<MarkPicture> {
  try {
    return await made;
  } catch (error) {
    throw new CommandFaults([`${what} makes no mark: ${error instanceof Error ? error.message : error}`]);
  }
}
