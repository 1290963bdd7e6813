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
  /** Blocks that cover the component alone, without those that only complete an MCU. */
  blocksAcross: i32;
  blocksDown: i32;
  plane: PlaneRequest;
  isDecoded: bool;
  /** Tables of the scan and the DC coefficient of the block before. */
  dequantisation: usize;
  dc: usize;
  ac: usize;
  prediction: i32;
}

const componentsMaximum: i32 = 3;
const components = memory.data(offsetof<Component>() * componentsMaximum, 16);

export let componentCount: i32 = 0;
export let mcusAcross: i32 = 0;
export let mcusDown: i32 = 0;

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
  if (marker == 0xc0 || marker == 0xc1) return statusOk;
  if (marker == 0xc2) return statusProgressive;
  if (marker == 0xc3) return statusLossless;
  return marker < 0xc8 ? statusHierarchical : statusArithmetic;
}

// @ts-ignore: decorator
@inline
function ceilingOf(dividend: i32, divisor: i32): i32 {
  return (dividend + divisor - 1) / divisor;
}

/** Reads a frame header's parameters and compares them with `request`. Source: ITU-T T.81 B.2.2. */
export function readFrame(from: usize, end: usize, request: DecodeRequest): i32 {
  if (componentCount != 0) return statusCorrupt;
  if (from + 6 > end) return statusTruncated;
  if (load<u8>(from) != 8) return statusPrecision;
  const height = (<i32>load<u8>(from, 1) << 8) | load<u8>(from, 2);
  const width = (<i32>load<u8>(from, 3) << 8) | load<u8>(from, 4);
  const count = <i32>load<u8>(from, 5);
  if (from + 6 + 3 * count > end) return statusTruncated;
  if (count != 1 && count != 3) return statusComponents;
  if (width == 0 || height == 0 || width != request.width || height != request.height) return statusFrameDiffers;
  if (count != request.planeCount) return statusFrameDiffers;

  const sampling = <i32>load<u8>(from, 7);
  const horizontalMaximum = sampling >> 4;
  const verticalMaximum = sampling & 15;
  if (horizontalMaximum == 0 || horizontalMaximum > 4) return statusCorrupt;
  if (verticalMaximum == 0 || verticalMaximum > 4) return statusCorrupt;
  for (let index: i32 = 0; index < count; index++) {
    const item = component(index);
    const entry = from + 6 + index * 3;
    item.identifier = load<u8>(entry);
    item.horizontal = load<u8>(entry, 1) >> 4;
    item.vertical = load<u8>(entry, 1) & 15;
    item.quantisationSlot = load<u8>(entry, 2);
    if (item.horizontal == 0 || item.vertical == 0 || item.quantisationSlot > 3) return statusCorrupt;
    const x = horizontalMaximum / item.horizontal;
    const y = verticalMaximum / item.vertical;
    if (x * item.horizontal != horizontalMaximum || y * item.vertical != verticalMaximum) return statusSampling;
    if (x == 0 || y == 0 || x == 3 || y == 3) return statusSampling;
    item.plane = request.plane(index);
    if (item.plane.subsamplingX != 0 && item.plane.subsamplingX != x) return statusFrameDiffers;
    if (item.plane.subsamplingY != 0 && item.plane.subsamplingY != y) return statusFrameDiffers;
    item.blocksAcross = ceilingOf(ceilingOf(width, x), 8);
    item.blocksDown = ceilingOf(ceilingOf(height, y), 8);
    item.isDecoded = false;
  }
  mcusAcross = ceilingOf(width, 8 * horizontalMaximum);
  mcusDown = ceilingOf(height, 8 * verticalMaximum);
  componentCount = count;
  return statusOk;
}

/** Tells whether every component of the frame has been decoded. */
export function frameIsComplete(): bool {
  if (componentCount == 0) return false;
  for (let index: i32 = 0; index < componentCount; index++) {
    if (!component(index).isDecoded) return false;
  }
  return true;
}
