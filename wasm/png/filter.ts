// PNG's filters: each byte minus the prediction from its neighbours to the left and above. Rows are after 16 zero
// bytes, which are the pixels left of the first. Source: PNG third edition, section 9.

/** Zero bytes before a row. */
export const rowLead: usize = 16;

export const none: i32 = 0;
export const sub: i32 = 1;
export const up: i32 = 2;
export const average: i32 = 3;
export const paeth: i32 = 4;

/** Half the sum of left and above, rounded down; the instruction rounds up. */
// @ts-ignore: decorator
@inline
export function averageOf(left: v128, above: v128): v128 {
  const odd = v128.and(v128.xor(left, above), i8x16.splat(1));
  return i8x16.sub(i8x16.avgr_u(left, above), odd);
}

// @ts-ignore: decorator
@inline
function distanceOf(a: v128, b: v128): v128 {
  return v128.or(i8x16.sub_sat_u(a, b), i8x16.sub_sat_u(b, a));
}

/** The neighbour nearest to left + above - corner. */
// @ts-ignore: decorator
@inline
export function paethOf(left: v128, above: v128, corner: v128): v128 {
  const ofLeft = distanceOf(above, corner);
  const ofAbove = distanceOf(left, corner);
  // With the corner outside the other two, its distance is the sum of theirs and never the smallest: all bits are ones.
  const isBetween = v128.xor(i8x16.ge_u(above, corner), i8x16.ge_u(left, corner));
  const ofCorner = v128.or(distanceOf(ofLeft, ofAbove), v128.not(isBetween));
  const least = i8x16.min_u(ofLeft, i8x16.min_u(ofAbove, ofCorner));
  const aboveOrCorner = v128.bitselect(above, corner, i8x16.eq(ofAbove, least));
  return v128.bitselect(left, aboveOrCorner, i8x16.eq(ofLeft, least));
}

/** Adds the magnitudes of 16 signed bytes to eight sums. */
// @ts-ignore: decorator
@inline
function addMagnitudes(sums: v128, bytes: v128): v128 {
  return i16x8.add(sums, i16x8.extadd_pairwise_i8x16_u(i8x16.abs(bytes)));
}

// @ts-ignore: decorator
@inline
function sumLanes(sums: v128): u32 {
  const four = i32x4.extadd_pairwise_i16x8_u(sums);
  return i32x4.extract_lane(four, 0) + i32x4.extract_lane(four, 1) + i32x4.extract_lane(four, 2) + i32x4.extract_lane(four, 3);
}

/** Bytes whose magnitudes, at most 256 per pair, fit into 16-bit sums. */
const sumRun: usize = 255 * 16;

/** Returns the filter that results in the smallest magnitudes. Source: PNG third edition, section 12.7. */
export function chooseFilter(row: usize, above: usize, pixelBytes: usize, rowBytes: usize): i32 {
  let noneSum: u32 = 0;
  let subSum: u32 = 0;
  let upSum: u32 = 0;
  let averageSum: u32 = 0;
  let paethSum: u32 = 0;
  for (let start: usize = 0; start < rowBytes; start += sumRun) {
    const end = min(rowBytes, start + sumRun);
    let nones = i16x8.splat(0);
    let subs = i16x8.splat(0);
    let ups = i16x8.splat(0);
    let averages = i16x8.splat(0);
    let paeths = i16x8.splat(0);
    for (let at = start; at < end; at += 16) {
      const bytes = v128.load(row + at);
      const left = v128.load(row + at - pixelBytes);
      const upper = v128.load(above + at);
      const corner = v128.load(above + at - pixelBytes);
      nones = addMagnitudes(nones, bytes);
      subs = addMagnitudes(subs, i8x16.sub(bytes, left));
      ups = addMagnitudes(ups, i8x16.sub(bytes, upper));
      averages = addMagnitudes(averages, i8x16.sub(bytes, averageOf(left, upper)));
      paeths = addMagnitudes(paeths, i8x16.sub(bytes, paethOf(left, upper, corner)));
    }
    noneSum += sumLanes(nones);
    subSum += sumLanes(subs);
    upSum += sumLanes(ups);
    averageSum += sumLanes(averages);
    paethSum += sumLanes(paeths);
  }
  const least = min(min(min(noneSum, subSum), min(upSum, averageSum)), paethSum);
  if (least == upSum) return up;
  if (least == subSum) return sub;
  if (least == noneSum) return none;
  return least == paethSum ? paeth : average;
}

/** Writes the filter's number and the filtered row to `target`. May write 15 bytes past its end. */
export function filterRow(filter: i32, row: usize, above: usize, pixelBytes: usize, rowBytes: usize, target: usize): void {
  store<u8>(target++, filter);
  if (filter == none) memory.copy(target, row, rowBytes);
  else if (filter == sub) {
    for (let at: usize = 0; at < rowBytes; at += 16) {
      v128.store(target + at, i8x16.sub(v128.load(row + at), v128.load(row + at - pixelBytes)));
    }
  } else if (filter == up) {
    for (let at: usize = 0; at < rowBytes; at += 16) {
      v128.store(target + at, i8x16.sub(v128.load(row + at), v128.load(above + at)));
    }
  } else if (filter == average) {
    for (let at: usize = 0; at < rowBytes; at += 16) {
      const expected = averageOf(v128.load(row + at - pixelBytes), v128.load(above + at));
      v128.store(target + at, i8x16.sub(v128.load(row + at), expected));
    }
  } else {
    for (let at: usize = 0; at < rowBytes; at += 16) {
      const corner = v128.load(above + at - pixelBytes);
      const expected = paethOf(v128.load(row + at - pixelBytes), v128.load(above + at), corner);
      v128.store(target + at, i8x16.sub(v128.load(row + at), expected));
    }
  }
}
