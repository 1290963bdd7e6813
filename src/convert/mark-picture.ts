import sharp, { type Sharp } from "sharp";
import { maxMarkPixels } from "../limits.ts";

/** A picture of a mark: a PNG of red, green, blue and alpha in sRGB. */
export interface MarkPicture {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Letters of a text, in pixels from its top to its foot; a long one is written smaller, so that it fits. */
const textHeight = 120;
const longestText = 1700;

/** What is dark around the letters, so that they show on white: how far it reaches and how dark it is. */
const halo = { pixels: 12, sigma: 4, opacity: 0.7 } as const;

/**
 * Writes a text in white with a dark halo, in the font of a file and on one line for each of its own. Throws what libvips
 * says of a font or text that it can't use.
 */
export async function drawTextMark(text: string, fontFile: string): Promise<MarkPicture> {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const written = sharp({
    text: {
      text: `<span foreground="white">${escaped}</span>`,
      font: "Source Sans 3 Variable",
      fontfile: fontFile,
      width: longestText,
      height: textHeight * text.split("\n").length,
      align: "centre",
      wrap: "none",
      rgba: true,
    },
  });
  const { pixels, sigma, opacity } = halo;
  const around = {
    top: pixels,
    bottom: pixels,
    left: pixels,
    right: pixels,
    background: { r: 0, g: 0, b: 0, alpha: 0 },
  };
  const letters = await written.extend(around).png().toBuffer();
  const dark = await sharp(letters).linear([0, 0, 0, opacity], [0, 0, 0, 0]).png().toBuffer();
  const blurred = await sharp(dark).blur(sigma).png().toBuffer();
  return fitMark(sharp(blurred).composite([{ input: letters }]));
}

/** Makes a mark of any picture that libvips reads, as small as a mark has to be. Throws what libvips says of the file. */
export async function readMarkPicture(file: string): Promise<MarkPicture> {
  return fitMark(sharp(file).autoOrient());
}

async function fitMark(picture: Sharp): Promise<MarkPicture> {
  const { data, info } = await picture.toColourspace("srgb").ensureAlpha().png().toBuffer({ resolveWithObject: true });
  const pixels = info.width * info.height;
  const scale = Math.sqrt(maxMarkPixels / pixels);
  const fitted =
    pixels <= maxMarkPixels
      ? sharp(data)
      : sharp(data).resize({
          width: Math.max(1, Math.floor(info.width * scale)),
          height: Math.max(1, Math.floor(info.height * scale)),
          fit: "fill",
        });
  const made = await fitted.png({ compressionLevel: 9 }).toBuffer({ resolveWithObject: true });
  return { bytes: made.data, width: made.info.width, height: made.info.height };
}
