import { signToken } from "../../src/access/visitor.ts";
import { accessSecret, cookieFor, visitorOf } from "./visitors.ts";

/** The rules of all cases. */
export const rules = {
  access: [
    { match: "loans/small/**", access: "role:staff", publicSize: 20 },
    { match: "loans/**", access: "role:staff" },
    { match: "vault/**", access: "hidden" },
    { match: "room/**", access: "network:lan" },
  ],
  networks: { lan: ["192.0.2.0/24"] },
  roles: {
    staff: { label: { en: "Staff" }, claims: ["@museum.example"] },
    guest: { label: { en: "Guests" }, claims: ["@guests.example"] },
  },
  clicks: { terms: { label: { en: "Terms" } } },
};

/** Who asks, by what he shows. */
export const askers = {
  anybody: async () => ({}),
  "the network": async () => ({ "CF-Connecting-IP": "192.0.2.9" }),
  "another network": async () => ({ "CF-Connecting-IP": "198.51.100.9", "X-Forwarded-For": "192.0.2.9" }),
  accepted: () => cookieFor({ clicks: ["terms"] }),
  staff: () => cookieFor({ roles: ["staff"] }),
  guest: () => cookieFor({ roles: ["guest"] }),
  "staff in the network": async () => ({ "CF-Connecting-IP": "192.0.2.9", ...(await cookieFor({ roles: ["staff"] })) }),
  "a forged cookie": () =>
    cookieFor({ roles: ["staff"] }, { id: "k1", secret: "another-secret-of-thirty-two-letters" }),
  "a cookie that has lapsed": () => cookieFor({ roles: ["staff"], until: 1_000_000_000 }),
  "a token as a cookie": async () => ({ Cookie: `__Host-tessera=${await token()}` }),
  "a token": async () => ({ Authorization: `Bearer ${await token()}` }),
} as const;

/** Who asks: by headers, or at a signed address. */
export type AskerName =
  | keyof typeof askers
  | "a signature"
  | "a small signature"
  | "a signature that has lapsed"
  | "another signature";

const token = () =>
  signToken(visitorOf({ roles: ["staff"], clicks: ["terms"] }), {
    reader: "own",
    secret: accessSecret,
    now: Date.now(),
  });

/** What nobody shows who is let in by it. */
const nobody: readonly AskerName[] = [];
/** All who show something that is what it says. */
export const everybody: readonly AskerName[] = [
  ...(Object.keys(askers) as AskerName[]),
  "a signature",
  "a small signature",
];
/** All who ask at an address that is signed for the image. */
export const signatures: readonly AskerName[] = ["a signature", "a small signature"];
const staff: readonly AskerName[] = ["staff", "staff in the network", ...signatures];
const network: readonly AskerName[] = ["the network", "staff in the network", ...signatures];

/** What is stated of an image, and, written by hand, who sees it, why others don't, and how much they see. */
export interface Case {
  readonly name: string;
  /** Undefined for an image without a record. */
  readonly policy: object | undefined;
  readonly sees: readonly AskerName[];
  /** Of those who don't see it: 404 where it is hidden. */
  readonly refusal: 401 | 403 | 404;
  readonly publicSize?: number;
  /** Those whom another one of two policies refuses. */
  readonly others?: Readonly<Partial<Record<AskerName, Pick<Case, "refusal" | "publicSize">>>>;
}

/** Policies of all kinds, alone and under rules. */
export const cases: readonly Case[] = [
  { name: "a/unstated", policy: undefined, sees: everybody, refusal: 403 },
  { name: "a/empty", policy: {}, sees: everybody, refusal: 403 },
  { name: "a/open", policy: { access: "open", publicSize: 20 }, sees: everybody, refusal: 403 },
  { name: "a/closed", policy: { access: "closed" }, sees: nobody, refusal: 403 },
  { name: "a/closed small", policy: { access: "closed", publicSize: 20 }, sees: nobody, refusal: 403, publicSize: 20 },
  { name: "a/hidden", policy: { access: "hidden", publicSize: 20 }, sees: nobody, refusal: 404 },
  { name: "a/signed", policy: { access: "signed" }, sees: signatures, refusal: 403 },
  {
    name: "a/signed small",
    policy: { access: "signed", publicSize: 20 },
    sees: signatures,
    refusal: 403,
    publicSize: 20,
  },
  { name: "a/network", policy: { access: "network:lan" }, sees: network, refusal: 403 },
  { name: "a/unknown network", policy: { access: "network:wan" }, sees: signatures, refusal: 403 },
  { name: "a/click", policy: { access: "click:terms" }, sees: ["accepted", ...signatures], refusal: 401 },
  { name: "a/role", policy: { access: "role:staff" }, sees: staff, refusal: 401 },
  { name: "a/roles", policy: { access: "role:guest|staff" }, sees: ["guest", ...staff], refusal: 401 },
  { name: "a/role small", policy: { access: "role:staff", publicSize: 20 }, sees: staff, refusal: 401, publicSize: 20 },
  { name: "a/embargo", policy: { embargo: "2999-01-01" }, sees: nobody, refusal: 403 },
  {
    name: "a/embargo for staff",
    policy: { embargo: "2999-01-01", embargoAccess: "role:staff" },
    sees: staff,
    refusal: 401,
  },
  { name: "a/embargo over", policy: { embargo: "2001-01-01", access: "network:lan" }, sees: network, refusal: 403 },
  { name: "a/still open", policy: { openUntil: "2999-01-01" }, sees: everybody, refusal: 403 },
  {
    name: "a/no longer open",
    policy: { openUntil: "2001-01-01", publicSize: 20 },
    sees: nobody,
    refusal: 403,
    publicSize: 20,
  },
  { name: "loans/open", policy: { access: "open" }, sees: staff, refusal: 401 },
  { name: "loans/unrecorded", policy: undefined, sees: nobody, refusal: 403 },
  { name: "loans/closed", policy: { access: "closed" }, sees: nobody, refusal: 403 },
  { name: "loans/small/a", policy: {}, sees: staff, refusal: 401, publicSize: 20 },
  // One of the two that refuse shows nothing instead.
  {
    name: "loans/small/b",
    policy: { access: "network:lan" },
    sees: ["staff in the network", ...signatures],
    refusal: 403,
    others: { "the network": { refusal: 401, publicSize: 20 } },
  },
  {
    name: "loans/small/c",
    policy: { access: "signed", publicSize: 10 },
    sees: signatures,
    refusal: 403,
    publicSize: 10,
  },
  { name: "vault/a", policy: { access: "open" }, sees: nobody, refusal: 404 },
  { name: "vault/unrecorded", policy: undefined, sees: nobody, refusal: 404 },
  {
    name: "room/a",
    policy: { access: "role:staff" },
    sees: ["staff in the network", ...signatures],
    refusal: 403,
    others: { "the network": { refusal: 401 } },
  },
];
