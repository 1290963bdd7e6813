import { formatPage, Layout } from "./layout.tsx";
import type { Site } from "./site.ts";

/** Where the form that signs in is sent. */
export const signInPath = "/admin/forms/sign-in";

/** Why somebody is asked to sign in. */
export type SignInReason = "new" | "wrong" | "ended";

const reasons: Readonly<Record<SignInReason, string | undefined>> = {
  new: undefined,
  wrong: "That is not the secret of this service.",
  ended: "You have been signed out. Sign in, and send it again.",
};

/** Returns the page that asks for the secret. What was typed is not shown again. */
export function formatSignInPage(site: Site, reason: SignInReason): string {
  const told = reasons[reason];
  return formatPage(
    <Layout site={site} title="Sign in" kind="admin" head={<meta name="robots" content="noindex" />}>
      <h1>Administration</h1>
      {told !== undefined && (
        <p class="notice" role="alert">
          {told}
        </p>
      )}
      <form class="sign-in" action={signInPath} method="post">
        <label for="secret">Secret</label>
        <input
          id="secret"
          name="secret"
          type="password"
          required
          maxlength={520}
          autocomplete="current-password"
          aria-describedby="secret-hint"
        />
        <p id="secret-hint" class="quiet">
          ADMIN_SECRET of the service. If it was started with npm start, the terminal shows it.
        </p>
        <button class="text-button" type="submit">
          Sign in
        </button>
      </form>
    </Layout>,
  );
}
