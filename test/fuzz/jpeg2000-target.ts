import { createJpeg2000Decoder, type Jpeg2000DecodeOptions } from "../../src/codec/jpeg2000.ts";
import { jpeg2000DecoderModule } from "../support/codec-modules.ts";
import { joinComponents, openJpeg2000Writer, wrapJp2 } from "../support/jpeg2000-writer.ts";
import { mutateBytes } from "./mutation.ts";
import type { FuzzTarget } from "./target.ts";

/** How a codestream is decoded. */
export type Jpeg2000Form = Jpeg2000DecodeOptions;

/** Returns the target of JPEG 2000 codestreams and files. */
export async function jpeg2000Target(): Promise<FuzzTarget<Jpeg2000Form>> {
  const seeds = await buildSeeds();
  const others = seeds.map(({ bytes }) => bytes);
  const decoder = createJpeg2000Decoder(jpeg2000DecoderModule());
  return {
    name: "jpeg2000",
    extension: "jp2",
    makeCase: (random) => {
      const { bytes, form } = random.pick(seeds);
      const halvings = random.next() < 0.8 ? 0 : random.integer(0, 3);
      return { bytes: mutateBytes(random, bytes, { others, headBytes: 160 }), form: { ...form, halvings } };
    },
    run: async ({ bytes, form }) => {
      decoder.decode(bytes, form);
    },
  };
}

async function buildSeeds(): Promise<readonly { readonly bytes: Uint8Array; readonly form: Jpeg2000Form }[]> {
  const write = await openJpeg2000Writer();
  const size = { width: 33, height: 27 };
  const samples = (count: number) => Uint8Array.from({ length: 33 * 27 * count }, (_, at) => (at * at * 7) >> 5);
  const words = Uint16Array.from({ length: 33 * 27 }, (_, at) => (at * 61) & 0xffff);
  const half = { width: 17, height: 14, components: 1, halvings: 0 } as const;
  const chroma = write({ ...half, samples: samples(1).subarray(0, 17 * 14) });
  const luma = write({ ...size, components: 1, samples: samples(1), halvings: 0 });
  const streams = [
    write({ ...size, components: 3, samples: samples(3), halvings: 3 }),
    write({ ...size, components: 1, samples: samples(1), halvings: 2 }),
    write({ ...size, components: 1, samples: words, depth: 16, halvings: 2 }),
    joinComponents([luma, chroma, chroma], { x: 2, y: 2 }),
    wrapJp2(write({ ...size, components: 3, samples: samples(3), halvings: 2 }), 18),
  ];
  return streams.map((bytes) => ({ bytes, form: { size } }));
}
