/** One plane the decoder writes, and what the caller expects of its component. */
@unmanaged
export class PlaneRequest {
  pointer: usize;
  stride: usize;
  /** Samples that may be written; the component may be larger. */
  width: i32;
  height: i32;
  /** How many times coarser than the finest component it must be; 0 for any. */
  subsamplingX: i32;
  subsamplingY: i32;
}

/** The request to `decodeJpeg`, followed in memory by `planeCount` times a `PlaneRequest`. */
@unmanaged
export class DecodeRequest {
  /** A block that `loadJpegTables` filled, or 0. */
  tables: usize;
  bytes: usize;
  byteLength: usize;
  /** `jpegTablesBytes` + `jpegPaddingBytes` + `byteLength` bytes, aligned to 16. */
  workspace: usize;
  /** Required pixels per row of the frame. */
  width: i32;
  /** Most and fewest rows that the frame may have. */
  height: i32;
  heightMinimum: i32;
  /** 0 to 3: every 1, 2, 4 or 8 samples on each axis become one. */
  reduction: i32;
  /** The pixels of the frame that are needed, up to before `windowRight` and `windowBottom`. */
  windowLeft: i32;
  windowTop: i32;
  windowRight: i32;
  windowBottom: i32;
  /** Room for what is kept of a progressive frame until its last scan, aligned to 16, and its size; 0 if there is none. */
  coefficients: usize;
  coefficientBytes: usize;
  /** The parameters of a DHT segment whose tables sequential frames use where none is defined. */
  standardTables: usize;
  standardTableBytes: usize;
  /**
   * 1 if the components are red, green and blue, which are written as luma and as Cb and Cr halved on both axes: only
   * where none is subsampled and nothing is reduced.
   */
  convertsColors: i32;
  /** A `Recoder` that takes the coefficients, of whose components nothing is written then; 0 if there is none. */
  recoder: usize;
  planeCount: i32;

  // @ts-ignore: decorator
  @inline
  plane(index: i32): PlaneRequest {
    return changetype<PlaneRequest>(
      changetype<usize>(this) + offsetof<DecodeRequest>() + index * offsetof<PlaneRequest>(),
    );
  }
}
