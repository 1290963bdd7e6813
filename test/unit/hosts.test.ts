import { describe, expect, it } from "vitest";
import { isLoopback, publicHostFault } from "../../src/hosts.ts";

const hostOf = (text: string): string => new URL(`https://${text}/`).hostname;

describe("publicHostFault", () => {
  it.each([
    "images.example.org",
    "EXAMPLE.org",
    "example.org.",
    "localhost.example.org",
    "10.example.org",
    "münchen.de",
  ])("takes a host of the open network: %s", (host) => {
    expect(publicHostFault(hostOf(host))).toBeUndefined();
  });

  it.each([
    ...["127.0.0.1", "127.1", "2130706433", "0x7f000001", "017700000001", "0x7f.0.0.1", "127.0.0.1.", "0", "0.0.0.0"],
    ...["10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "0xa9fea9fe", "100.64.0.1", "8.8.8.8", "224.0.0.1"],
    ...["[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:a9fe:a9fe]", "[fe80::1]", "[fd00::1]", "[64:ff9b::7f00:1]"],
    ...["１２７.0.0.1", "127。0。0。1", "①②⑦.0.0.1"],
  ])("refuses an address however it is spelt: %s", (host) => {
    expect(publicHostFault(hostOf(host))).toBe("is an address, and a host has to be named");
  });

  it.each([
    ...[
      "localhost",
      "LOCALHOST",
      "localhost.",
      "a.localhost",
      "ｌocalhost",
      "intranet",
      "printer.local",
      "nas.home.arpa",
    ],
    ...["metadata.google.internal", "x.onion"],
  ])("refuses a name that only a private network knows: %s", (host) => {
    expect(publicHostFault(hostOf(host))).toBe("is a name of a private network");
  });
});

describe("isLoopback", () => {
  it("knows this machine, and nothing that only looks like it", () => {
    expect(["localhost", "127.0.0.1", "127.1", "[::1]"].map((host) => isLoopback(hostOf(host)))).toEqual(
      Array(4).fill(true),
    );
    const others = ["localhost.example.org", "127.0.0.1.example.org", "10.0.0.1", "[::ffff:127.0.0.1]", "a.localhost"];
    expect(others.map((host) => isLoopback(hostOf(host)))).toEqual(Array(5).fill(false));
  });
});
