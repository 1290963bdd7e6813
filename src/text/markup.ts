import { Parser } from "htmlparser2";
import { maxNestedElements } from "../limits.ts";
import { TextFault } from "./text-fault.ts";

/** What is told of the elements of a document, in order. */
export interface MarkupHandler {
  /** Called with the name in lower case and without its prefix; attributes by lower-case name. */
  readonly open: (name: string, attributes: Readonly<Record<string, string>>) => void;
  readonly text: (text: string) => void;
  readonly close: (name: string) => void;
}

/**
 * Walks through XML or HTML once, with the five entities of XML, or those of HTML, replaced and no others: a document
 * type declares nothing here, so that no text grows. XML has to be closed to its end; HTML is read as browsers do. Throws
 * TextFault for XML that is cut off, and past `maxNestedElements`.
 */
export function walkMarkup(markup: string, language: "xml" | "html", handler: MarkupHandler): void {
  let depth = 0;
  let isEmpty = true;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        isEmpty = false;
        depth += 1;
        if (depth > maxNestedElements) {
          throw new TextFault(`It nests more than ${maxNestedElements} elements in each other`);
        }
        handler.open(localName(name), language === "xml" ? loweredNames(attributes) : attributes);
      },
      ontext: (text) => handler.text(text),
      onclosetag(name) {
        depth -= 1;
        handler.close(localName(name));
      },
    },
    { xmlMode: language === "xml", decodeEntities: true },
  );
  parser.write(markup);
  if (depth > 0 && language === "xml") throw new TextFault("It is cut off, or has an element that is not closed");
  // What HTML leaves open is closed now.
  parser.end();
  if (isEmpty) throw new TextFault(`It has no elements: it is not ${language.toUpperCase()}`);
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1).toLowerCase();
}

function loweredNames(attributes: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name.toLowerCase(), value]));
}
