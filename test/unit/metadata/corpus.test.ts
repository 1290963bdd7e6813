import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { readMetadata } from "../../../src/metadata/read.ts";
import { decodeUtf8 } from "../../../src/metadata/text.ts";
import { parseXmp } from "../../../src/metadata/xmp-reader.ts";
import { settleXmp } from "../../../src/metadata/xmp-texts.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { readDirectory } from "../../../src/tiff/directory.ts";
import { fieldsOf } from "../../../src/tiff/fields.ts";
import { readHeader } from "../../../src/tiff/header.ts";

const corpus = process.env.TESSERA_CORPUS;
const folder = corpus === undefined ? undefined : join(corpus, "reality");
const names = folder === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith(".tif"));

describe.skipIf(folder === undefined)("metadata of real files (left out without TESSERA_CORPUS)", () => {
  it.each(names)("is what another reader finds in %s", async (name) => {
    const bytes = readFileSync(join(folder!, name));
    const source = memorySource(bytes);
    const header = await readHeader(source);
    const metadata = await readMetadata(
      fieldsOf(source, header, await readDirectory(source, header, header.firstDirectory)),
    );
    const other = await sharp(bytes)
      .metadata()
      .catch(() => undefined);
    if (other === undefined) return;
    const text = other.xmp && decodeUtf8(other.xmp);
    const settled = text && settleXmp(text, parseXmp(text).orientations);
    expect(metadata.xmp && decodeUtf8(metadata.xmp)).toBe(settled);
    if (other.iptc) expect(Buffer.from(metadata.iptc!)).toEqual(other.iptc);
    if (metadata.dotsPerInch === undefined) return;
    // The other reader rounds, and says nothing where it finds the 25.4 that it takes for unknown.
    expect(Math.abs(metadata.dotsPerInch - (other.density ?? 25.4))).toBeLessThanOrEqual(1);
  });
});
