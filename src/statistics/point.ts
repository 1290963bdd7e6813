import { type Observation, tierOf } from "./observation.ts";

/** A point of Analytics Engine. Source: Cloudflare, Workers Analytics Engine, writeDataPoint. */
export interface Point {
  readonly indexes: [string];
  readonly blobs: string[];
  readonly doubles: number[];
}

/** Longest index of a point, in bytes. Source: Workers Analytics Engine, limits. */
const mostIndexBytes = 96;

/** What is written of one request: docs/operating.md says what each column means. New ones are added at the end. */
export function pointOf(observation: Observation): Point {
  const { class: kind, status, code, client, account, milliseconds } = observation;
  const { identifier = "", index, format, strategy, sentBytes, reads, bytes, decodedPixels, width, height } = account;
  return {
    indexes: [identifier === "" ? kind : cutToBytes(identifier, mostIndexBytes)],
    blobs: [
      identifier,
      kind,
      strategy,
      tierOf(observation) ?? "",
      index ?? "",
      format ?? "",
      String(status),
      code,
      client,
    ],
    doubles: [sentBytes, milliseconds, reads, bytes, decodedPixels, width, height],
  };
}

/** Cuts a text where its UTF-8 would be too long, between two characters. */
function cutToBytes(text: string, most: number): string {
  // No character takes more than three bytes for each of its units.
  if (3 * text.length <= most) return text;
  const bytes = new Uint8Array(most);
  const { read } = new TextEncoder().encodeInto(text, bytes);
  return text.slice(0, read);
}
