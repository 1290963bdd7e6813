import { maxTilesPerLevel } from "../../../src/limits.ts";
import { encodeTestTile } from "../jpeg-tile.ts";

const tile = 16;
const tilesAcross = 1024;

/**
 * Returns a TIFF of the most tiles that one level may have, all of them one stored JPEG: 16,384 by 16,384 pixels, 12.6 MB
 * of offsets and byte counts. Source: TIFF 6.0 §2, §15.
 */
export function hugeIndex(): Uint8Array {
  const stored = encodeTestTile({
    width: tile,
    height: tile,
    samplesPerPixel: 1,
    samples: new Uint8Array(256).fill(99),
  });
  const side = tile * tilesAcross;
  const directory = [
    [256, 4, 1, side],
    [257, 4, 1, side],
    [258, 3, 1, 8],
    [259, 3, 1, 7],
    [262, 3, 1, 1],
    [277, 3, 1, 1],
    [322, 3, 1, tile],
    [323, 3, 1, tile],
    [324, 16, maxTilesPerLevel, 0],
    [325, 4, maxTilesPerLevel, 0],
  ];
  const start = 16 + 8 + directory.length * 20 + 8;
  const offsetsAt = start + stored.byteLength;
  const countsAt = offsetsAt + 8 * maxTilesPerLevel;
  const view = new DataView(new ArrayBuffer(countsAt + 4 * maxTilesPerLevel));
  view.setUint32(0, 0x49492b00);
  view.setUint16(4, 8, true);
  view.setBigUint64(8, 16n, true);
  view.setBigUint64(16, BigInt(directory.length), true);
  directory.forEach(([tag = 0, type = 0, count = 0, value = 0], index) => {
    const at = 24 + index * 20;
    const placed = tag === 324 ? offsetsAt : tag === 325 ? countsAt : value;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setBigUint64(at + 4, BigInt(count), true);
    view.setBigUint64(at + 12, BigInt(placed), true);
  });
  for (let index = 0; index < maxTilesPerLevel; index++) {
    view.setUint32(offsetsAt + 8 * index, start, true);
    view.setUint32(countsAt + 4 * index, stored.byteLength, true);
  }
  const file = new Uint8Array(view.buffer);
  file.set(stored, start);
  return file;
}
