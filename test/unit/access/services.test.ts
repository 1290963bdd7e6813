import { describe, expect, it } from "vitest";
import { noRules } from "../../../src/access/rules.ts";
import { authServices, formerAuthServices, loginReasonOf, type ServiceGround } from "../../../src/access/services.ts";

const rules = {
  clicks: new Map([["terms", { label: { en: "Terms" }, note: { de: "Zitieren.", en: "Cite us." } }]]),
  roles: new Map([
    ["staff", { label: { de: "Personal" }, claims: ["x"] }],
    ["donors", { label: { en: "Donors" }, claims: ["x"], login: "external" as const }],
  ]),
};

const ground = (changes: Partial<ServiceGround> = {}): ServiceGround => ({
  reason: { kind: "role", names: ["staff", "donors"] },
  rules,
  logins: new Set(["click", "role"]),
  base: "https://images.example",
  version: 3,
  identifier: "loans/a b",
  ...changes,
});

describe("the services that let people in", () => {
  it("are one probe with all that lets in, and one of version 1.0 for each", () => {
    const services = authServices(ground());
    expect(services).toHaveLength(3);
    expect(services[0]).toMatchObject({ id: "https://images.example/auth/probe/3/loans%2Fa%20b" });
    expect(JSON.stringify(services)).not.toContain('"@context":"http://iiif.io/api/auth/2');
    expect(JSON.stringify(authServices(ground({ version: 2 }))[0])).toContain("auth/2/context.json");
    expect(formerAuthServices(ground())).toEqual(services.slice(1));
  });

  it("have a profile each, which Mirador takes for granted", () => {
    expect(authServices(ground()).filter(({ profile }) => typeof profile !== "string")).toEqual([]);
  });

  it("are labelled in a language that there is", () => {
    expect(authServices(ground())[2]).toMatchObject({ label: "Personal" });
  });

  it("say in 1.0 what a button does and what a note is of, where the rules do not, in the language of the label", () => {
    expect(authServices(ground())[2]).toMatchObject({ confirmLabel: "Anmelden" });
    expect(authServices(ground())[2]).not.toHaveProperty("header");
    const [, notice] = authServices(ground({ reason: { kind: "click", names: ["terms"] } }));
    expect(notice).toMatchObject({ header: "Terms", description: "Cite us.", confirmLabel: "Continue" });
  });

  it("are none where nobody can be let in so, or the rules do not know it", () => {
    expect(authServices(ground({ logins: new Set(["click"]) }))).toEqual([]);
    expect(authServices(ground({ reason: { kind: "click", names: ["other"] } }))).toEqual([]);
  });

  it("are for what a login opens alone", () => {
    const at = { rules: noRules, now: 0 };
    expect(loginReasonOf({ policies: [{ access: { kind: "role", names: ["staff"] } }], ...at })).toEqual({
      kind: "role",
      names: ["staff"],
    });
    const closed = [{ access: { kind: "click", names: ["terms"] } as const }, { access: { kind: "closed" } as const }];
    expect(loginReasonOf({ policies: closed, ...at })).toBeUndefined();
    expect(loginReasonOf({ policies: [{ access: { kind: "hidden" } }], ...at })).toBeUndefined();
    expect(loginReasonOf({ policies: [], ...at })).toBeUndefined();
  });
});
