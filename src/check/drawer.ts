import { type Drawing, type DrawingTools, drawPicture, type PictureStyle, planPicture } from "../picture.ts";
import type { DrawPicture } from "./serving.ts";

const style: PictureStyle = { qualities: { jpeg: 85, webp: 80 }, colorProfile: "convert", keepMetadata: "none" };

/** Returns a function that draws pictures for a check as the service does, and drops them as they are made. */
export function drawerOf(tools: DrawingTools, { admission }: Pick<Drawing, "admission">): DrawPicture {
  return async (image, request) => {
    const warnings: string[] = [];
    const log = (line: object): void => {
      if ("message" in line) warnings.push(String(line.message));
    };
    const { body, lease, damage } = await drawPicture(tools, planPicture(image, request, style), { admission, log });
    try {
      if (!(body instanceof Uint8Array)) for await (const _ of body);
    } finally {
      lease?.release();
    }
    return { warnings, damage };
  };
}
