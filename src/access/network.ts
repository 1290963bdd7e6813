/** A range of addresses of the internet: those that begin with the same bits. */
export interface AddressRange {
  /** The address as bits, the first 32 or 128 of them. */
  readonly bits: bigint;
  readonly family: 4 | 6;
  /** How many bits at the start count. */
  readonly length: number;
}

interface Address {
  readonly bits: bigint;
  readonly family: 4 | 6;
}

/** Reads a range in the notation of CIDR, or one address; undefined for any other text. Source: RFC 4632 §3.1, RFC 4291 §2.3. */
export function parseRange(text: string): AddressRange | undefined {
  const [, start = "", digits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = parseAddress(start);
  if (address === undefined) return undefined;
  const most = address.family === 4 ? 32 : 128;
  const length = digits === undefined ? most : Number(digits);
  if (length > most) return undefined;
  const rest = BigInt(most - length);
  // Bits behind the length are a slip of whoever wrote them.
  return (address.bits >> rest) << rest === address.bits ? { ...address, length } : undefined;
}

/** Says whether an address lies in one of the ranges. A text that is no address lies in none. */
export function isWithin(text: string, ranges: readonly AddressRange[]): boolean {
  const address = parseAddress(text);
  if (address === undefined) return false;
  return ranges.some(({ bits, family, length }) => {
    const rest = BigInt((family === 4 ? 32 : 128) - length);
    return family === address.family && bits >> rest === address.bits >> rest;
  });
}

function parseAddress(text: string): Address | undefined {
  const four = parseFour(text);
  if (four !== undefined) return { bits: four, family: 4 };
  const six = parseSix(text);
  if (six === undefined) return undefined;
  // An address of version 4 in the form of version 6. Source: RFC 4291 §2.5.5.2.
  return six >> 32n === 0xffffn ? { bits: six & 0xffff_ffffn, family: 4 } : { bits: six, family: 6 };
}

function parseFour(text: string): bigint | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1) ?? [];
  const numbers = parts.map(Number);
  const isAddress = parts.length === 4 && numbers.every((part, at) => part < 256 && String(part) === parts[at]);
  return isAddress ? joined(numbers, 8n) : undefined;
}

function parseSix(text: string): bigint | undefined {
  const [, head = text, tail] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text) ?? [];
  const four = tail === undefined ? undefined : parseFour(tail);
  if (tail !== undefined && four === undefined) return undefined;
  const written = four === undefined ? head : `${head}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`;
  const halves = written.split("::");
  if (halves.length > 2) return undefined;
  const [start = [], end = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - start.length - end.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...start, ...Array.from({ length: missing }, () => "0"), ...end];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return joined(
    groups.map((group) => Number.parseInt(group, 16)),
    16n,
  );
}

function joined(parts: readonly number[], width: bigint): bigint {
  return parts.reduce((bits, part) => (bits << width) | BigInt(part), 0n);
}
