import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";

/** A provider of OpenID Connect on this machine, whose users sign in with any password. */
export interface OidcServer {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Lets people be sent back to an address, and knows these users: by name, what is claimed of them. */
  readonly serve: (redirectUri: string, users: Readonly<Record<string, object>>) => void;
  readonly stop: () => void;
}

/** Starts a provider; it answers once it knows whom to serve. */
export async function startOidcServer(): Promise<OidcServer> {
  let answer: RequestListener = (_, response) => response.writeHead(503).end();
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clientId = "tessera";
  const clientSecret = "a-secret-of-a-client-of-a-provider";
  return {
    issuer,
    clientId,
    clientSecret,
    serve(redirectUri, users) {
      const provider = new Provider(issuer, {
        clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
        claims: { openid: ["sub"], email: ["email", "email_verified"], groups: ["groups"] },
        cookies: { keys: ["a key of a test"] },
        features: { devInteractions: { enabled: true } },
        findAccount: (_: unknown, sub: string) => ({ accountId: sub, claims: () => ({ sub, ...users[sub] }) }),
        pkce: { required: () => true },
      });
      answer = provider.callback();
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
