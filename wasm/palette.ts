// Indexes of a palette, looked up.

/** Writes the colours of indexes to three planes, one of which may be that of the indexes; `palette` is 3 x 256 bytes. */
export function applyPaletteRows(
  indexes: usize,
  stride: i32,
  palette: usize,
  r: usize,
  rStride: i32,
  g: usize,
  gStride: i32,
  b: usize,
  bStride: i32,
  width: i32,
  height: i32,
): void {
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const entry = palette + load<u8>(indexes + column);
      store<u8>(r + column, load<u8>(entry));
      store<u8>(g + column, load<u8>(entry, 256));
      store<u8>(b + column, load<u8>(entry, 512));
    }
    indexes += stride;
    r += rStride;
    g += gStride;
    b += bStride;
  }
}
