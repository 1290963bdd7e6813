/** What tests use of a package that has no types of its own. */
declare module "oidc-provider" {
  import type { RequestListener } from "node:http";

  /** A provider of OpenID Connect. */
  export default class Provider {
    constructor(issuer: string, configuration: object);
    callback(): RequestListener;
  }
}
