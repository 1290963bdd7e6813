import { concatenate } from "../bytes.ts";
import { spliceJpeg } from "../codec/jpeg/splice.ts";
import type { Derivative } from "../derivative.ts";
import { mediaTypes } from "../iiif/format.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { type DrawInputs, drawImage } from "./draw.ts";
import { type Envelope, envelopeSegments, withResolutionExif } from "./envelope.ts";
import type { KernelLender, Loan } from "./lease.ts";
import type { EncoderSettings } from "./output.ts";
import type { CopyPlan, RenderPlan } from "./plan.ts";

/** What carrying out a plan takes. */
export interface Renderer {
  readonly lender: KernelLender;
  readonly settings: EncoderSettings;
}

/** What a picture is made of beside its plan. */
export interface RenderInputs extends Omit<DrawInputs, "kernel" | "settings"> {
  /** Called when the last bytes of a streamed picture are gone. */
  readonly onEnd: (end: StreamEnd) => void;
}

/** How a streamed picture ended: sent whole, given up by the client, or broken off by a failure. */
export interface StreamEnd {
  readonly kind: "whole" | "abandoned" | "broken";
  /** Encoded bytes sent. */
  readonly byteLength: number;
  readonly failure: unknown;
}

/**
 * Carries out a plan. A copied or drawn picture is returned whole; a streamed one as its first bytes are ready. Throws `source-malformed`, `source-unsupported`, `render-memory`,
 * `render-busy` and what the source throws; a stream that fails later aborts.
 */
export async function render(
  { lender, settings }: Renderer,
  plan: RenderPlan,
  { onEnd, ...inputs }: RenderInputs,
): Promise<Derivative> {
  if (plan.kind === "copy") return { mediaType: mediaTypes.jpg, body: await copyTile(plan, inputs) };
  const { kernel, release } = await lender.borrow(plan.cost.peakBytes);
  const pieces = drawImage(plan, { kernel, settings, ...inputs });
  const mediaType = mediaTypes[plan.format];
  if (plan.kind === "stream") return { mediaType, body: await streamPieces(pieces, { release, onEnd }) };
  try {
    const body = await collect(pieces);
    release("done");
    return { mediaType, body };
  } catch (error) {
    release("failed");
    throw error;
  }
}

async function copyTile(
  { level, range }: CopyPlan,
  { source, envelope }: { readonly source: ByteSource; readonly envelope: Envelope },
): Promise<Uint8Array> {
  const { encoding, tileWidth, tileLength } = level;
  const { model } = encoding;
  if (model !== "gray" && model !== "rgb" && model !== "ycbcr") throw new RangeError(`a copy of ${model}`);
  const tile = await source.read(range.offset, range.length);
  const { dotsPerInch } = envelope;
  const segments = envelopeSegments(model === "rgb" ? withResolutionExif(envelope) : envelope);
  return spliceJpeg(tile, encoding.jpegTables, { model, width: tileWidth, height: tileLength, segments, dotsPerInch });
}

async function collect(pieces: AsyncGenerator<Uint8Array, void, undefined>): Promise<Uint8Array> {
  const collected: Uint8Array[] = [];
  for await (const piece of pieces) collected.push(piece);
  return concatenate(collected);
}

/** Pieces are joined until they are worth a chunk, in bytes. */
const chunkBytes = 65_536;

/** Waits for the first chunk, so that what fails before it is still answered as an error. */
async function streamPieces(
  pieces: AsyncGenerator<Uint8Array, void, undefined>,
  { release, onEnd }: { readonly release: Loan["release"]; readonly onEnd: (end: StreamEnd) => void },
): Promise<ReadableStream<Uint8Array>> {
  let byteLength = 0;
  const end = (kind: StreamEnd["kind"], failure?: unknown): void => {
    release(kind === "whole" ? "done" : "failed");
    onEnd({ kind, byteLength, failure });
  };
  const nextChunk = async (): Promise<Uint8Array | undefined> => {
    const waiting: Uint8Array[] = [];
    for (let waitingBytes = 0; waitingBytes < chunkBytes; ) {
      const { done, value } = await pieces.next();
      if (done) break;
      waiting.push(value);
      waitingBytes += value.byteLength;
    }
    return waiting.length === 0 ? undefined : concatenate(waiting);
  };
  let first: Uint8Array | undefined;
  try {
    first = await nextChunk();
  } catch (error) {
    end("broken", error);
    throw error;
  }
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const chunk = first ?? (await nextChunk());
        first = undefined;
        if (chunk === undefined) {
          controller.close();
          end("whole");
          return;
        }
        byteLength += chunk.byteLength;
        controller.enqueue(chunk);
      } catch (error) {
        controller.error(error);
        end("broken", error);
      }
    },
    async cancel() {
      await pieces.return();
      end("abandoned");
    },
  });
}
