import { describe, expect, it } from "vitest";
import { decodeJpegInto, type JpegDecodeOptions } from "../../src/codec/jpeg/decoder.ts";
import { decodeGuarded } from "../support/jpeg-decoding.ts";
import { partJpeg } from "../support/jpeg-tables.ts";
import { segmentOf, type WrittenComponent, type WrittenJpeg, writeJpeg } from "../support/jpeg-writer.ts";
import { openTestKernel } from "../support/kernel.ts";
import { readPlane } from "../support/planes.ts";

const kernel = openTestKernel();
const gray: WrittenComponent = { horizontal: 1, vertical: 1, sampleAt: (x, y) => (x * 7 + y * 5) & 255 };
const frame: WrittenJpeg = { width: 32, height: 16, components: [gray] };
const valid = writeJpeg(frame);

/** Expects decoding into a 32 x 16 picture to be refused with `code`, and the arena left as it was. */
function expectRefusal(bytes: Uint8Array, code: string, options: Partial<JpegDecodeOptions> = {}): void {
  const mark = kernel.mark();
  const planes = [kernel.allocatePlane(32, 16)];
  const before = kernel.mark();
  const decode = () => decodeJpegInto(kernel, { bytes, planes, width: 32, height: 16, ...options });
  expect(decode).toThrow(expect.objectContaining({ code }));
  expect(kernel.mark()).toBe(before);
  kernel.release(mark);
}

/** Returns the stream with `segment` put in front of its frame. */
function withSegment(segment: readonly number[]): Uint8Array {
  return Uint8Array.from([0xff, 0xd8, ...segment, ...valid.subarray(2)]);
}

describe("unsupported streams", () => {
  it("are refused as unsupported when the frame is of another process", () => {
    for (const frameMarker of [0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]) {
      expectRefusal(writeJpeg({ ...frame, frameMarker }), "source-unsupported");
    }
  });

  it("are refused as unsupported with 12 bits a sample", () => {
    expectRefusal(writeJpeg({ ...frame, frameMarker: 0xc1, precision: 12 }), "source-unsupported");
  });

  it("are refused as unsupported with more than four components", () => {
    for (const count of [5, 255]) {
      expectRefusal(writeJpeg({ ...frame, components: Array(count).fill(gray) }), "source-unsupported");
    }
  });

  it("are refused as unsupported when a component is finer than the first, or coarser by no whole number", () => {
    const planes = [0, 1, 2].map(() => kernel.allocatePlane(32, 16));
    for (const [first, second] of [
      [1, 3],
      [1, 2],
      [4, 3],
      [2, 3],
    ] as const) {
      const components = [first, second, 1].map((horizontal) => ({ ...gray, horizontal }));
      expectRefusal(writeJpeg({ ...frame, components }), "source-unsupported", { planes });
    }
  });
});

describe("streams that differ from what the file states", () => {
  it("are refused as malformed when the dimensions differ", () => {
    for (const other of [{ width: 31 }, { height: 17 }, { width: 65500, height: 65500 }, { width: 16, height: 32 }]) {
      expectRefusal(Uint8Array.from(valid), "source-malformed", other);
    }
    const huge = Uint8Array.from(valid);
    huge.set([0xff, 0xdc, 0xff, 0xdc], valid.findIndex((_, at) => valid[at] === 0xff && valid[at + 1] === 0xc0) + 5);
    expectRefusal(huge, "source-malformed");
  });

  it("are refused as malformed when the height is left to a DNL segment", () => {
    const start = valid.findIndex((_, at) => valid[at] === 0xff && valid[at + 1] === 0xc0) + 5;
    const bytes = Uint8Array.from([...valid.subarray(0, -2), ...segmentOf(0xdc, [0, 16]), 0xff, 0xd9]);
    bytes.set([0, 0], start);
    expectRefusal(bytes, "source-malformed");
    expectRefusal(bytes, "source-malformed", { height: 0 });
  });

  it("are refused as malformed when the number of components differs", () => {
    expectRefusal(writeJpeg({ ...frame, components: [gray, gray, gray] }), "source-malformed");
  });

  it("are refused as malformed when the height is beyond what was allowed", () => {
    const options = { minimumHeight: 16, height: 24 };
    for (const height of [15, 25]) {
      expectRefusal(writeJpeg({ ...frame, height }), "source-malformed", options);
    }
    for (const height of [16, 24]) {
      expect(() => decodeGuarded(kernel, writeJpeg({ ...frame, height }), options)).not.toThrow();
    }
    expectRefusal(writeJpeg({ ...frame, width: 31 }), "source-malformed", options);
  });

  it("are refused as malformed when alpha or black is subsampled, unless that was promised", () => {
    const planes = [0, 1, 2, 3].map(() => kernel.allocatePlane(32, 16));
    for (const count of [2, 4]) {
      const components = Array.from({ length: count }, (_, index) => ({
        ...gray,
        vertical: index + 1 < count ? 2 : 1,
      }));
      const bytes = writeJpeg({ ...frame, components });
      const options = { planes: planes.slice(0, count) };
      expectRefusal(bytes, "source-malformed", options);
      const half = { x: 1, y: 2 } as const;
      const samplings = [undefined, ...components.slice(1).map((item) => (item.vertical === 1 ? half : undefined))];
      expect(() => decodeGuarded(kernel, bytes, { samplings })).not.toThrow();
      expectRefusal(bytes, "source-malformed", { ...options, samplings: components.map(() => ({ x: 1, y: 1 })) });
    }
  });

  it("are refused as malformed when the chroma sampling differs, if one was promised", () => {
    const planes = [0, 1, 2].map(() => kernel.allocatePlane(32, 16));
    const bytes = writeJpeg({ ...frame, components: [{ ...gray, horizontal: 2 }, gray, gray] });
    expectRefusal(bytes, "source-malformed", { planes, subsampling: { x: 2, y: 2 } });
    expect(() => decodeGuarded(kernel, bytes, { subsampling: { x: 2, y: 1 } })).not.toThrow();
  });
});

describe("damaged streams", () => {
  it("are refused as malformed when cut off before the first scan, and lack rows when cut off in it", () => {
    const data = valid.findIndex((byte, at) => byte === 0xff && valid[at + 1] === 0xda) + 10;
    for (let length = 0; length < data; length += 1) expectRefusal(valid.subarray(0, length), "source-malformed");
    for (let length = data; length < valid.length - 2; length += 1) {
      const { missing } = decodeGuarded(kernel, valid.subarray(0, length));
      expect([length, missing?.asked, missing!.first + missing!.count]).toEqual([length, 16, 16]);
    }
  });

  it("are decoded when only the end marker is missing", () => {
    expect(decodeGuarded(kernel, valid.subarray(0, -2)).samples).toEqual(decodeGuarded(kernel, valid).samples);
  });

  it("are refused as malformed without tables", () => {
    expectRefusal(partJpeg(valid).abbreviated, "source-malformed");
  });

  it("are refused as malformed with a second frame, a second scan of a component or an unknown component", () => {
    const at = valid.findIndex((_, place) => valid[place] === 0xff && valid[place + 1] === 0xc0);
    expectRefusal(withSegment([...valid.subarray(at, at + 13)]), "source-malformed");
    const separate = writeJpeg({ ...frame, components: [gray, gray, gray], isSeparate: true });
    const planes = [0, 1, 2].map(() => kernel.allocatePlane(32, 16));
    for (const component of [1, 9]) {
      const second = separate.findLastIndex((byte, place) => byte === 0xda && separate[place - 1] === 0xff);
      const bytes = Uint8Array.from(separate);
      bytes[second + 4] = component;
      expectRefusal(bytes, "source-malformed", { planes });
    }
  });

  it("are refused as malformed with a scan before the frame", () => {
    expectRefusal(withSegment(segmentOf(0xda, [1, 1, 0, 0, 63, 0])), "source-malformed");
  });

  it("are refused as malformed with impossible tables", () => {
    const tables = [
      segmentOf(0xdb, [0, ...Array(63).fill(1)]),
      segmentOf(0xdb, Array(65).fill(0)),
      segmentOf(0xdb, [4, ...Array(64).fill(1)]),
      segmentOf(0xdb, [0x20, ...Array(64).fill(1)]),
      segmentOf(0xc4, [0, 3, ...Array(15).fill(0), 1, 2, 3]),
      segmentOf(0xc4, [0, ...Array(16).fill(255)]),
      segmentOf(0xc4, [0, 1, 1]),
      segmentOf(0xc4, [0x24, ...Array(16).fill(0)]),
    ];
    for (const table of tables) expectRefusal(withSegment(table), "source-malformed");
  });

  it("are refused as malformed with thousands of tables", () => {
    const empty = segmentOf(0xc4, Array(17).fill(0));
    expectRefusal(withSegment(Array(3000).fill(empty).flat()), "source-malformed");
  });

  it("are refused as malformed when a segment's length is wrong", () => {
    for (const [code, length] of [
      [0xe1, 60_000],
      [0xfe, 60_000],
      [0xdb, 0],
      [0xc4, 1],
      [0xdd, 1],
    ] as const) {
      expectRefusal(withSegment([0xff, code, length >> 8, length & 255]), "source-malformed");
    }
  });

  it("are decoded when a comment has no room for its own length, or for all of its text", () => {
    const whole = decodeGuarded(kernel, valid);
    for (const code of [0xfe, 0xe1, 0xef]) {
      for (const length of [0, 1, 2, 5]) {
        const text = [0x61, 0x62, 0x63, 0x64, 0x65];
        expect(decodeGuarded(kernel, withSegment([0xff, code, 0, length, ...text]))).toEqual(whole);
      }
    }
  });

  it("keep what was decoded before the end", () => {
    const bytes = writeJpeg({ ...frame, components: [gray] });
    const whole = decodeGuarded(kernel, bytes).samples[0]!;
    const mark = kernel.mark();
    const plane = kernel.allocatePlane(32, 16);
    const cut = bytes.subarray(0, bytes.length - 40);
    expect(decodeJpegInto(kernel, { bytes: cut, planes: [plane], width: 32, height: 16 })).toBeDefined();
    const rows = readPlane(kernel, plane).values;
    for (let y = 0; y < 8; y += 1)
      expect(rows.subarray(32 * y, 32 * y + 8)).toEqual(whole.values.subarray(32 * y, 32 * y + 8));
    kernel.release(mark);
  });
});

describe("restart intervals", () => {
  const jpeg = { width: 32, height: 64, components: [gray], restartInterval: 4 };
  const bytes = writeJpeg(jpeg);
  const whole = decodeGuarded(kernel, bytes).samples[0]!;
  const markers = Array.from(bytes.keys()).filter((at) => bytes[at] === 0xff && (bytes[at + 1]! & 0xf8) === 0xd0);

  /** Decodes into a fresh plane and returns which of the eight rows of blocks came out right: those not missing. */
  function rightRows(damaged: Uint8Array): boolean[] {
    const mark = kernel.mark();
    const plane = kernel.allocatePlane(32, 64);
    kernel.bytes.fill(0, plane.pointer, plane.pointer + plane.stride * 64);
    const missing = decodeJpegInto(kernel, { bytes: damaged, planes: [plane], width: 32, height: 64 });
    const { values } = readPlane(kernel, plane);
    kernel.release(mark);
    const rows = Array.from({ length: 8 }, (_, row) => values.subarray(256 * row, 256 * row + 256));
    const right = rows.map((row, index) => row.every((value, at) => value === whole.values[256 * index + at]));
    const wrong = rows.filter((_, index) => !right[index]);
    expect(missing?.lost ?? 0).toBe(8 * wrong.length);
    if (wrong.length > 0) expect(missing?.first).toBe(8 * right.indexOf(false));
    // At its end a row that was broken off is grey.
    expect(wrong.every((row) => row.at(-1) === 128)).toBe(true);
    return right;
  }

  it("continue after one that is damaged", () => {
    expect(markers.length).toBe(7);
    const damaged = Uint8Array.from([...bytes.subarray(0, markers[1]! + 4), ...bytes.subarray(markers[2]!)]);
    expect(rightRows(damaged)).toEqual([true, true, false, true, true, true, true, true]);
  });

  it("continue in their place after one that is lost", () => {
    const damaged = Uint8Array.from([...bytes.subarray(0, markers[1]!), ...bytes.subarray(markers[2]!)]);
    expect(rightRows(damaged)).toEqual([true, true, false, true, true, true, true, true]);
  });

  const all = Array(8).fill(true);

  it.each([
    ["all are 0", () => 0],
    ["they begin with 1", (index: number) => index + 1],
    ["they count down", (index: number) => 7 - index],
    ["one is far ahead", (index: number) => (index === 3 ? 7 : index)],
    ["one is behind", (index: number) => (index === 3 ? 1 : index)],
  ])("are taken as they come where all are there and misnumbered: %s", (_, numberOf) => {
    const damaged = Uint8Array.from(bytes);
    for (const [index, at] of markers.entries()) damaged[at + 1] = 0xd0 + (numberOf(index) & 7);
    expect(rightRows(damaged)).toEqual(all);
  });

  it("are found after a byte amid the data that begins no segment", () => {
    const [third, fourth] = [markers[2]!, markers[3]!];
    const damaged = Uint8Array.from([...bytes.subarray(0, third + 6), 0xff, 0x05, ...bytes.subarray(third + 6)]);
    expect(fourth).toBeGreaterThan(third + 8);
    expect(rightRows(damaged)).toEqual([true, true, true, false, true, true, true, true]);
  });

  it("are missing where only their marker is lost", () => {
    const damaged = Uint8Array.from([...bytes.subarray(0, markers[1]!), ...bytes.subarray(markers[1]! + 2)]);
    expect(rightRows(damaged)).toEqual([true, true, false, true, true, true, true, true]);
  });

  it("end where the markers end", () => {
    const damaged = Uint8Array.from([...bytes.subarray(0, markers[3]!), 0xff, 0xd9]);
    expect(rightRows(damaged)).toEqual([true, true, true, true, false, false, false, false]);
  });
});
