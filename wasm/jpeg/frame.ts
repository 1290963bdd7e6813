import { DecodeRequest, PlaneRequest } from "./request";
import {
  statusArithmetic,
  statusComponents,
  statusCorrupt,
  statusFrameDiffers,
  statusHierarchical,
  statusLossless,
  statusOk,
  statusPrecision,
  statusProgressive,
  statusSampling,
  statusScanSeparate,
  statusTruncated,
} from "./status";

/** One component of the frame being decoded. */
@unmanaged
export class Component {
  identifier: i32;
  /** Blocks in an MCU on each axis. */
  horizontal: i32;
  vertical: i32;
  quantisationSlot: usize;
  /** Blocks that cover the component itself, without those that only complete an MCU. */
  blocksAcross: i32;
  /** How many times as many rows the finest component has. */
  rowFactor: i32;
  blocksDown: i32;
  plane: PlaneRequest;
  /** The samples, after reduction, that are written, up to before `right` and `bottom`. */
  left: i32;
  top: i32;
  right: i32;
  bottom: i32;
  /** The blocks that contain them; the others are skipped. */
  firstColumn: i32;
  firstRow: i32;
  columnCount: i32;
  rowCount: i32;
  /** The blocks that are written as they are, neither clipped nor reduced. */
  wholeColumn: i32;
  wholeRow: i32;
  wholeColumnCount: i32;
  wholeRowCount: i32;
  isDecoded: bool;
  /** The tables of the scan and the DC coefficient of the previous block. */
  dequantisation: usize;
  dc: usize;
  ac: usize;
  prediction: i32;
  /** The coefficients of a progressive frame's needed blocks in zigzag order. */
  stored: usize;
  /** The zigzag masks of the nonzero coefficients, of all blocks down to the last that is needed: the next bits depend on them. */
  present: usize;
  /** The zigzag mask of coefficients with all bits received. */
  exact: u64;

  /** Returns whether any sample of this block is written. */
  // @ts-ignore: decorator
  @inline
  needs(column: i32, row: i32): bool {
    return <u32>(column - this.firstColumn) < <u32>this.columnCount && <u32>(row - this.firstRow) < <u32>this.rowCount;
  }

  /** Returns where the coefficients of this block are kept, 0 if it is not needed. */
  // @ts-ignore: decorator
  @inline
  storedAt(column: i32, row: i32): usize {
    if (!this.needs(column, row)) return 0;
    const index = (row - this.firstRow) * this.columnCount + (column - this.firstColumn);
    return this.stored + (<usize>index << keptShift);
  }

  /** Returns where the mask of this block's nonzero coefficients is. */
  // @ts-ignore: decorator
  @inline
  presentAt(column: i32, row: i32): usize {
    return this.present + (<usize>(row * this.blocksAcross + column) << 3);
  }

  /** Returns whether this block is written neither clipped nor reduced. */
  // @ts-ignore: decorator
  @inline
  needsWhole(column: i32, row: i32): bool {
    const isColumnWhole = <u32>(column - this.wholeColumn) < <u32>this.wholeColumnCount;
    return isColumnWhole && <u32>(row - this.wholeRow) < <u32>this.wholeRowCount;
  }
}

/** More components than any supported colour model has. */
export const componentsMaximum: i32 = 4;
const components = memory.data(offsetof<Component>() * componentsMaximum, 16);

export let componentCount: i32 = 0;
export let mcusAcross: i32 = 0;
export let mcusDown: i32 = 0;
export let isProgressive: bool = false;
/** Whether the first coefficient of each block is all that a progressive frame's samples are made of: reduced to 1/8. */
export let keepsDcAlone: bool = false;
/** Whether red, green and blue are written as luma and halved chroma. */
export let convertsColors: bool = false;
/** Whether coefficients are quantised anew and encoded rather than transformed. */
export let isRecoded: bool = false;
/** As a power of 2, the bytes that are kept of each needed block of a progressive frame: 64 coefficients, or one. */
export let keptShift: i32 = 7;

/** Returns one of the frame's components. */
// @ts-ignore: decorator
@inline
export function component(index: i32): Component {
  return changetype<Component>(components + index * offsetof<Component>());
}

/** Forgets the frame. */
export function closeFrame(): void {
  componentCount = 0;
}

/** Returns the reason not to decode a frame that begins with this SOF marker, or `statusOk`. */
export function processStatus(marker: i32): i32 {
  if (marker <= 0xc2) return statusOk;
  if (marker == 0xc3) return statusLossless;
  return marker < 0xc8 ? statusHierarchical : statusArithmetic;
}

// @ts-ignore: decorator
@inline
function ceilingOf(dividend: i32, divisor: i32): i32 {
  return (dividend + divisor - 1) / divisor;
}

/**
 * Reads the parameters of a frame header that begins with this SOF marker and compares them with `request`.
 * Source: ITU-T T.81 B.2.2.
 */
export function readFrame(marker: i32, from: usize, end: usize, request: DecodeRequest): i32 {
  if (componentCount != 0) return statusCorrupt;
  if (from + 6 > end) return statusTruncated;
  if (load<u8>(from) != 8) return statusPrecision;
  const height = (<i32>load<u8>(from, 1) << 8) | load<u8>(from, 2);
  const width = (<i32>load<u8>(from, 3) << 8) | load<u8>(from, 4);
  const count = <i32>load<u8>(from, 5);
  if (from + 6 + 3 * count > end) return statusTruncated;
  if (count == 0 || count > componentsMaximum) return statusComponents;
  if (width == 0 || height == 0 || width != request.width) return statusFrameDiffers;
  if (height < request.heightMinimum || height > request.height) return statusFrameDiffers;
  if (count != request.planeCount) return statusFrameDiffers;
  // The blocks of all components have to come together.
  if ((request.convertsColors != 0 || request.recoder != 0) && marker == 0xc2) return statusScanSeparate;

  let horizontalMaximum: i32 = 0;
  let verticalMaximum: i32 = 0;
  for (let index: i32 = 0; index < count; index++) {
    const item = component(index);
    const entry = from + 6 + index * 3;
    item.identifier = load<u8>(entry);
    item.horizontal = load<u8>(entry, 1) >> 4;
    item.vertical = load<u8>(entry, 1) & 15;
    item.quantisationSlot = load<u8>(entry, 2);
    if (item.horizontal == 0 || item.horizontal > 4 || item.vertical == 0 || item.vertical > 4) return statusCorrupt;
    if (item.quantisationSlot > 3) return statusCorrupt;
    horizontalMaximum = max(horizontalMaximum, item.horizontal);
    verticalMaximum = max(verticalMaximum, item.vertical);
  }
  if (request.convertsColors != 0 && !isOfBlocks(1)) return statusScanSeparate;
  if (request.convertsColors == 0 && request.recoder != 0 && count > 1 && !isOfBlocks(2)) return statusScanSeparate;
  for (let index: i32 = 0; index < count; index++) {
    const item = component(index);
    const plane = request.plane(index);
    const x = horizontalMaximum / item.horizontal;
    const y = verticalMaximum / item.vertical;
    if (x * item.horizontal != horizontalMaximum || y * item.vertical != verticalMaximum) return statusSampling;
    // No file states a first component that is not the finest: such a frame is unusual, not damaged.
    const differs = index == 0 ? statusSampling : statusFrameDiffers;
    if (plane.subsamplingX != 0 && plane.subsamplingX != x) return differs;
    if (plane.subsamplingY != 0 && plane.subsamplingY != y) return differs;
    item.plane = plane;
    item.blocksAcross = ceilingOf(ceilingOf(width, x), 8);
    item.blocksDown = ceilingOf(ceilingOf(height, y), 8);
    item.rowFactor = y;
    item.isDecoded = false;
    const factor = request.convertsColors != 0 && index > 0 ? 2 : 1;
    placeWindow(item, request, factor * x, factor * y, height, 8 / factor);
  }
  mcusAcross = ceilingOf(width, 8 * horizontalMaximum);
  mcusDown = ceilingOf(height, 8 * verticalMaximum);
  componentCount = count;
  isProgressive = marker == 0xc2;
  convertsColors = request.convertsColors != 0;
  isRecoded = request.recoder != 0;
  return isProgressive ? placeCoefficients(request) : statusOk;
}

/** Returns whether the first component has as many blocks in an MCU, on both axes. */
function isOfBlocks(count: i32): bool {
  return component(0).horizontal == count && component(0).vertical == count;
}

/** Allocates the kept coefficients of a progressive frame's components and their masks, all 0. */
function placeCoefficients(request: DecodeRequest): i32 {
  keepsDcAlone = request.reduction == 3;
  keptShift = keepsDcAlone ? 1 : 7;
  let byteLength: u64 = 0;
  for (let index: i32 = 0; index < componentCount; index++) {
    const item = component(index);
    item.exact = keepsDcAlone ? ~1 : 0;
    item.present = request.coefficients + <usize>byteLength;
    const reached = item.rowCount > 0 ? item.firstRow + item.rowCount : 0;
    if (!keepsDcAlone) byteLength += (<u64>item.blocksAcross * reached) << 3;
    // Vectors begin at multiples of 16.
    byteLength = (byteLength + 15) & ~15;
    item.stored = request.coefficients + <usize>byteLength;
    byteLength += (<u64>item.columnCount * item.rowCount) << keptShift;
  }
  if (byteLength > request.coefficientBytes) {
    request.coefficientBytes = <usize>min<u64>(byteLength, u32.MAX_VALUE);
    closeFrame();
    return statusProgressive;
  }
  memory.fill(request.coefficients, 0, <usize>byteLength);
  return statusOk;
}

/**
 * Finds which samples and blocks of a component, `x` and `y` times coarser than the frame, the request needs; `side` is how
 * many samples a block has before reduction.
 */
function placeWindow(item: Component, request: DecodeRequest, x: i32, y: i32, height: i32, side: i32): void {
  const reduction = request.reduction;
  item.left = request.windowLeft / x >> reduction;
  item.top = request.windowTop / y >> reduction;
  item.right = min(ceilingOf(min(request.windowRight, request.width), x << reduction), item.plane.width);
  item.bottom = min(ceilingOf(min(request.windowBottom, height), y << reduction), item.plane.height);
  const size = side >> reduction;
  item.firstColumn = item.left / size;
  item.firstRow = item.top / size;
  item.columnCount = item.right > item.left ? ceilingOf(item.right, size) - item.firstColumn : 0;
  item.rowCount = item.bottom > item.top ? ceilingOf(item.bottom, size) - item.firstRow : 0;
  item.wholeColumn = ceilingOf(item.left, 8);
  item.wholeRow = ceilingOf(item.top, 8);
  item.wholeColumnCount = reduction == 0 ? max(0, item.right / 8 - item.wholeColumn) : 0;
  item.wholeRowCount = reduction == 0 ? max(0, item.bottom / 8 - item.wholeRow) : 0;
}

/** Returns whether every component of the frame is complete. */
export function frameIsComplete(): bool {
  if (componentCount == 0) return false;
  for (let index: i32 = 0; index < componentCount; index++) {
    const item = component(index);
    if (isProgressive ? item.exact != u64.MAX_VALUE : !item.isDecoded) return false;
  }
  return true;
}

/** Returns whether a progressive frame may end: every component has its DC coefficients. */
export function frameMayEnd(): bool {
  if (componentCount == 0 || !isProgressive) return false;
  for (let index: i32 = 0; index < componentCount; index++) {
    if (!component(index).isDecoded) return false;
  }
  return true;
}
