// Shows what keeps the geotiff package out of the service: what its reader makes of SubIFDs, of big-endian files and of a
// file that lies about its counts, with the service's own next to it. Run: npm run bench:geotiff
import { fromArrayBuffer, type GeoTIFF } from "geotiff";
import { ImageError } from "../src/error.ts";
import { memorySource } from "../src/source/memory.ts";
import { openPyramid } from "../src/tiff/open.ts";
import { tags } from "../src/tiff/tags.ts";
import { makeTiff } from "../test/support/make-tiff.ts";

const picture = { width: 8192, height: 8192, tile: 64, levels: 3, tileBytes: () => new Uint8Array(64) } as const;
const claimed = 200_000_000;

const open = (file: Uint8Array<ArrayBuffer>): Promise<GeoTIFF> => fromArrayBuffer(file.buffer);

async function showSubIfds(): Promise<void> {
  const file = await makeTiff({ ...picture, levelLayout: "sub-ifds" });
  const tiff = await open(file);
  const [offset] = (await (await tiff.getImage()).fileDirectory.loadValue("SubIFDs")) as ArrayLike<number> &
    Iterable<number>;
  console.log(`SubIFDs: getImageCount() is ${await tiff.getImageCount()}`);
  if (offset === undefined) throw new Error("The file has no SubIFDs.");
  const level = await tiff.parser.parseFileDirectoryAt(offset);
  console.log(`  by parser.parseFileDirectoryAt(${offset}): a level ${level.getValue("ImageWidth")} pixels wide`);
}

async function showByteOrder(): Promise<void> {
  const file = await makeTiff({ ...picture, byteOrder: "big" });
  const [truth] = (await openPyramid(memorySource(file))).levels[0].offsets;
  const firstOffset = async (isEager: boolean): Promise<unknown> => {
    const tiff = await open(file);
    tiff.parser.eager = isEager;
    return (await tiff.getImage()).fileDirectory.loadValueIndexed("TileOffsets", 0);
  };
  console.log(`Big-endian: the first tile lies at ${truth}`);
  console.log(`  deferred ${await firstOffset(false)}, with parser.eager ${await firstOffset(true)}`);
}

async function showLyingCount(): Promise<void> {
  const file = await makeTiff({
    ...picture,
    overrides: [{ directory: 0, tag: tags.tileOffsets, count: claimed }],
  });
  console.log(`A file of ${megabytes(file.byteLength)} MB that claims ${claimed} offsets`);
  const before = process.memoryUsage().arrayBuffers;
  await (await open(file)).getImage();
  console.log(`  geotiff: opened, ${megabytes(process.memoryUsage().arrayBuffers - before)} MB allocated`);
  const held = process.memoryUsage().arrayBuffers;
  const refusal = await openPyramid(memorySource(file)).then(
    () => "opened",
    (error: unknown) => (error instanceof ImageError ? error.code : String(error)),
  );
  console.log(`  ours: ${refusal}, ${megabytes(process.memoryUsage().arrayBuffers - held)} MB allocated`);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

await showSubIfds();
await showByteOrder();
await showLyingCount();
