import { identifierOf } from "../identity/identifier.ts";
import { nameMaster } from "../identity/master-name.ts";
import { identifierFault, type Naming } from "../settings/naming.ts";

/** Returns the key of the master of an image. Throws ImageError for what `identifierFault` finds fault with. */
export function nameMasterOf(identifier: string, naming: Naming): string {
  return nameMaster(identifierOf(identifier), naming).key;
}

/** Returns what is wrong with the identifiers of a command, sentences without a full stop. */
export function identifierFaults(identifiers: readonly string[], naming: Naming): readonly string[] {
  return identifiers.flatMap((identifier) => {
    const fault = identifierFault(identifier, naming);
    return fault === undefined ? [] : [`${identifier === "" ? '""' : identifier}: ${fault}`];
  });
}
