/** The content of a JPEG's frame header. */
export interface JpegFrame {
  readonly width: number;
  readonly height: number;
  readonly components: number;
}

/** Reads the frame header of a JPEG. Throws an Error where there is none. Source: ITU-T T.81 B.2.2. */
export function readJpegFrame(bytes: Uint8Array): JpegFrame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(0) !== 0xffd8) throw new Error("This is not a JPEG.");
  for (let at = 2; at + 10 <= bytes.length; ) {
    const marker = view.getUint16(at);
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (isFrame)
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7), components: view.getUint8(at + 9) };
    at += 2 + view.getUint16(at + 2);
  }
  throw new Error("The JPEG has no frame header.");
}
