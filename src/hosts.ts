/** This machine, where nobody can listen in between. Source: RFC 6761 §6.3, RFC 1122 §3.2.1.3, RFC 4291 §2.5.3. */
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Names that only a private network knows. Source: RFC 6761 §6.3 (localhost), RFC 6762 §3 (local), RFC 8375 (home.arpa),
 * RFC 7686 (onion), ICANN Board, 29 July 2024 (internal).
 */
const privateName = /(?:^|\.)(?:localhost|local|internal|home\.arpa|onion)$/;

/** Says whether a host, as a parsed URL has it, is the machine itself. */
export function isLoopback(hostname: string): boolean {
  return loopback.test(hostname);
}

/**
 * Returns why a server on the open network is not to be looked for at a host, phrased to follow its name; undefined for
 * a host that may be asked. The host is as a parsed URL has it: there `2130706433`, `0x7f.1` and `017700000001` are all
 * spelt 127.0.0.1. No address is taken, public ones neither: a certificate names hosts, and a Worker reaches hosts alone.
 */
export function publicHostFault(hostname: string): string | undefined {
  const name = hostname.toLowerCase().replace(/\.$/, "");
  if (name.startsWith("[") || /^[\d.]+$/.test(name)) return "is an address, and a host has to be named";
  if (!name.includes(".") || privateName.test(name)) return "is a name of a private network";
  return undefined;
}
