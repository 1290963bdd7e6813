import { jpegSegments } from "../../src/metadata/jpeg-segments.ts";
import { keepMetadata } from "../../src/metadata/kept-metadata.ts";
import type { Metadata } from "../../src/metadata/metadata.ts";
import { pngChunks } from "../../src/metadata/png-chunks.ts";
import { metadataOfBlocks } from "../../src/metadata/read.ts";
import { ascii, block, long, makeExif, rational, short } from "../support/make-exif.ts";
import { makeIptc, makeResources } from "../support/make-iptc.ts";
import { makeXmp, utf8 } from "../support/make-xmp.ts";
import type { Random } from "../support/random.ts";
import { mutateBytes } from "./mutation.ts";
import { type FuzzTarget, holdBound } from "./target.ts";
import { mutateTiff } from "./tiff-mutation.ts";

/** Which block the bytes are. */
export interface MetadataForm {
  readonly kind: "exif" | "xmp" | "iptc";
}

/** Most bytes that any block may come to in a picture, in bytes. */
const maxWrittenBytes = 1 << 18;

/** Returns the target of EXIF, XMP and IPTC: read, chosen from, and written into pictures. */
export function metadataTarget(): FuzzTarget<MetadataForm> {
  const seeds = { exif: exifSeeds(), xmp: xmpSeeds(), iptc: iptcSeeds() };
  const mutate = (random: Random, kind: MetadataForm["kind"]): Uint8Array => {
    const seed = random.pick(seeds[kind]);
    if (kind === "exif" && random.next() < 0.7) return mutateTiff(random, seed, seeds.exif);
    const tokens = kind === "xmp" && random.next() < 0.5 ? insertTokens(random, seed) : seed;
    return mutateBytes(random, tokens, { others: seeds[kind], headBytes: 3000 });
  };
  return {
    name: "metadata",
    extension: "bin",
    makeCase: (random) => {
      const kind = random.pick(["exif", "xmp", "iptc"] as const);
      return { bytes: mutate(random, kind), form: { kind } };
    },
    async run({ bytes, form: { kind } }) {
      for (const policy of ["all", "copyright"] as const) write(await metadataOfBlocks({ [kind]: bytes }, policy));
    },
  };
}

function write(metadata: Metadata): void {
  for (const policy of ["all", "copyright", "none"] as const) {
    const kept = keepMetadata(metadata, policy, 0.37);
    const parts = [...jpegSegments(kept), ...pngChunks(kept).map(({ data }) => data)];
    for (const part of parts) holdBound("bytes of a block", part.byteLength, maxWrittenBytes);
  }
}

const tokens = ["<", "</", "/>", "<!--", "-->", "<![CDATA[", "]]>", "<!DOCTYPE", "<?", "?>", "&", "&#x41;", "&#0;"];
const moreTokens = ["&#x110000;", '"', "'", "rdf:li", "rdf:Seq", "<rdf:Description>", "<a>", " xmlns:a=", "\u0000"];

/** Puts pieces of XML into a packet, at times a thousand times. */
function insertTokens(random: Random, packet: Uint8Array): Uint8Array {
  const token = utf8(random.pick([...tokens, ...moreTokens]).repeat(random.next() < 0.1 ? 1000 : 1));
  const at = random.integer(0, packet.length);
  return Buffer.concat([packet.subarray(0, at), token, packet.subarray(at)]);
}

function exifSeeds(): readonly Uint8Array[] {
  const image = [ascii(315, "Nobody"), ascii(33_432, "(c)"), rational(282, 300, 1), short(296, 2), short(274, 6)];
  const xmp = block(700, utf8(makeXmp("<dc:rights>x</dc:rights>")), 1);
  return [
    makeExif({ image, photo: [rational(33_434, 1, 100), ascii(36_867, "2001:01:01 00:00:00")] }),
    makeExif({ image: [...image, xmp], position: [rational(2, 1, 1, 2, 1, 3, 1), ascii(1, "N")], byteOrder: "big" }),
    makeExif({ image, photo: [long(37_500, 1, 2, 3, 4)], thumbnail: [short(259, 6)], gapBytes: 9000 }),
    makeExif({ image, photo: [], position: [], bigTiff: true }),
  ];
}

function xmpSeeds(): readonly Uint8Array[] {
  const names = "<dc:creator><rdf:Seq><rdf:li>A &amp; B</rdf:li><rdf:li>C</rdf:li></rdf:Seq></dc:creator>";
  const rights = '<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">R</rdf:li></rdf:Alt></dc:rights>';
  const license = '<cc:license rdf:resource="http://creativecommons.org/licenses/by/4.0/"/>';
  return [
    utf8(makeXmp(names + rights + license, 'tiff:Orientation="6" photoshop:Credit="C"')),
    utf8(
      makeXmp(
        "<tiff:Orientation>3</tiff:Orientation><!-- c --><xmpRights:WebStatement>http://a/</xmpRights:WebStatement>",
      ),
    ),
    Buffer.from(makeXmp(rights), "utf16le"),
  ];
}

function iptcSeeds(): readonly Uint8Array[] {
  const record = makeIptc([
    [1, 90, Uint8Array.of(0x1b, 0x25, 0x47)],
    [2, 80, "Nobody"],
    [2, 110, "Credit"],
    [2, 116, "Copyright"],
  ]);
  const resources = makeResources([
    [0x03ed, "", new Uint8Array(16)],
    [0x0404, "name", record],
  ]);
  return [record, resources, Buffer.concat([utf8("Photoshop 3.0\0"), resources])];
}
