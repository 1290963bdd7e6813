import type { Notice } from "../access/rules.ts";
import { type ChosenText, chooseText } from "../access/texts.ts";
import { formatPage, Layout } from "./layout.tsx";
import type { Site } from "./site.ts";

/** What all pages have by which somebody is let in. */
export interface AuthPageGround {
  readonly site: Site;
  /** Those that the reader wants, the best first. */
  readonly languages: readonly string[];
}

/** A page on which somebody has to press a button. */
export interface ConfirmPage extends AuthPageGround {
  readonly notice: Notice;
  /** What the button says where the notice does not say it. */
  readonly kind: "click" | "continue";
  /** Where the form is sent. */
  readonly action: string;
  /** What the form brings along: it was made by this service, for this browser. */
  readonly ticket: string;
  /** The site that he goes on to, if it is another one. */
  readonly origin: string | undefined;
}

const headElements = <meta name="robots" content="noindex" />;

/** Returns the page with a notice, and the button that accepts it or goes on: a gesture of whoever is let in. */
export function formatConfirmPage(page: ConfirmPage): string {
  const { site, languages, notice, kind, action, ticket, origin } = page;
  const { label, heading = label, note, confirm } = notice;
  const title = chooseText(heading, languages);
  const said = note === undefined ? undefined : chooseText(note, languages);
  const button = confirm === undefined ? phrase(kind, languages) : chooseText(confirm, languages);
  return formatPage(
    <Layout site={site} title={title.text} kind="error" head={headElements}>
      {/* The heading says in which direction all of it runs. */}
      <div dir="auto">
        <h1 lang={title.language}>{title.text}</h1>
        {kind === "continue" && <Said {...phrase("signedIn", languages)} />}
        {said !== undefined && <Said {...said} />}
        {origin !== undefined && (
          <p class="quiet" dir="auto">
            <Phrase {...phrase("onward", languages)} /> <strong dir="ltr">{origin}</strong>
          </p>
        )}
        <form action={action} method="post">
          <input type="hidden" name="ticket" value={ticket} />
          <button class="text-button" type="submit" lang={button.language}>
            {button.text}
          </button>
        </form>
      </div>
    </Layout>,
  );
}

/** A page that says what has become of somebody. */
export interface DonePage extends AuthPageGround {
  readonly kind: "letIn" | "signedOut" | "notLetIn";
  /** In base64url, of the script that closes the window; undefined where it stays. */
  readonly scriptNonce?: string | undefined;
  /** Where else he may sign out, or sign in again. */
  readonly elsewhere?: { readonly path: string; readonly phrase: "signOutElsewhere" | "signInAgain" } | undefined;
}

/** Returns the page that says that somebody was let in, not let in, or is known no longer. */
export function formatDonePage({ site, languages, kind, scriptNonce, elsewhere }: DonePage): string {
  const title = phrase(kind, languages);
  return formatPage(
    <Layout site={site} title={title.text} kind="error" head={headElements}>
      <h1 lang={title.language} dir="auto">
        {title.text}
      </h1>
      <Said {...phrase(kind === "notLetIn" ? "noRole" : "closeWindow", languages)} />
      {elsewhere !== undefined && (
        <p>
          <a href={elsewhere.path}>
            <Phrase {...phrase(elsewhere.phrase, languages)} />
          </a>
        </p>
      )}
      <p>
        <a href="/">
          <Phrase {...phrase("home", languages)} />
        </a>
      </p>
      {scriptNonce !== undefined && <script nonce={scriptNonce} dangerouslySetInnerHTML={{ __html: "close()" }} />}
    </Layout>,
  );
}

function Said({ language, text }: ChosenText) {
  return (
    <p class="lede" lang={language} dir="auto">
      {text}
    </p>
  );
}

function Phrase({ language, text }: ChosenText) {
  return <span lang={language}>{text}</span>;
}

/** What these pages say themselves; notices come from the rules. */
const phrases = {
  click: { en: "I accept", de: "Ich nehme an", fr: "J’accepte" },
  continue: { en: "Continue", de: "Weiter", fr: "Continuer" },
  signedIn: { en: "You are signed in.", de: "Sie sind angemeldet.", fr: "Vous êtes connecté." },
  onward: {
    en: "What you may see is then shown to you at",
    de: "Was Sie sehen dürfen, wird Ihnen dann gezeigt auf",
    fr: "Ce que vous pouvez voir vous sera montré sur",
  },
  letIn: { en: "You are let in", de: "Sie haben Zugang", fr: "L’accès vous est ouvert" },
  signedOut: { en: "You are signed out", de: "Sie sind abgemeldet", fr: "Vous êtes déconnecté" },
  notLetIn: { en: "You are not let in", de: "Sie haben keinen Zugang", fr: "L’accès ne vous est pas ouvert" },
  noRole: {
    en: "You are signed in, but not as somebody to whom this is shown.",
    de: "Sie sind angemeldet, aber nicht als jemand, dem dies gezeigt wird.",
    fr: "Vous êtes connecté, mais ceci n’est pas montré avec votre compte.",
  },
  closeWindow: {
    en: "You may close this window.",
    de: "Sie können dieses Fenster schließen.",
    fr: "Vous pouvez fermer cette fenêtre.",
  },
  signOutElsewhere: {
    en: "Sign out of Cloudflare Access too",
    de: "Auch bei Cloudflare Access abmelden",
    fr: "Se déconnecter aussi de Cloudflare Access",
  },
  signInAgain: { en: "Sign in", de: "Anmelden", fr: "Se connecter" },
  home: { en: "To the collections", de: "Zu den Sammlungen", fr: "Vers les collections" },
} as const;

function phrase(name: keyof typeof phrases, languages: readonly string[]): ChosenText {
  return chooseText(phrases[name], languages);
}
