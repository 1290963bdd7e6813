import { concatenate } from "../bytes.ts";
import type { Area, Size } from "../geometry.ts";
import type { DrawingTools } from "../picture.ts";
import type { Pyramid } from "../pyramid/pyramid.ts";
import { composeOnWhite } from "../raster/color.ts";
import type { Raster } from "../raster/raster.ts";
import { drawStrips } from "../render/draw.ts";
import type { Output } from "../render/output.ts";
import { planStrips } from "../render/plan.ts";
import type { ByteSource } from "../source/byte-source.ts";

/**
 * Draws a region of a master at a size and returns its samples of 8 bits, in the colours that are stored and what is
 * transparent on white, strip by strip and plane by plane. Throws what planning and drawing throw.
 */
export async function drawSamples(
  { kernels }: Pick<DrawingTools, "kernels">,
  { pyramid, source }: { readonly pyramid: Pyramid; readonly source: ByteSource },
  { region, size }: { readonly region: Area; readonly size: Size },
): Promise<{ readonly samples: Uint8Array }> {
  const rotation = { isMirrored: false, degrees: 0 };
  const request = { region, size, rotation, quality: "default", format: "png" } as const;
  const plan = planStrips(request, pyramid, { sourceSize: source.size, isProfiled: false });
  const kernel = kernels.take(plan.cost.peakBytes);
  const output: Output = {
    write({ planes, alpha, height }: Raster) {
      return planes.flatMap(({ pointer, stride, width }, index) => {
        const plane = planes[index];
        if (alpha !== undefined && plane !== undefined) composeOnWhite(kernel, { plane, alpha });
        return Array.from({ length: height }, (_, row) =>
          kernel.bytes.slice(pointer + row * stride, pointer + row * stride + width),
        );
      });
    },
    finish: async () => [],
  };
  const rows: Uint8Array[] = [];
  const onDamage = (): void => undefined;
  for await (const row of drawStrips(plan, { kernel, source, table: undefined, onDamage }, () => output))
    rows.push(row);
  kernels.giveBack(kernel);
  return { samples: concatenate(rows) };
}
