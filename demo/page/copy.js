const confirmationMilliseconds = 2000;

/** Makes each button with `data-copies` copy the field that it names, and say so on itself and in `#copy-status`. */
export function prepareCopying(root) {
  const status = root.querySelector("#copy-status");
  for (const button of root.querySelectorAll("[data-copies]")) {
    const field = root.querySelector(`#${button.dataset.copies}`);
    const label = button.innerHTML;
    field.addEventListener("focus", () => field.select());
    button.addEventListener("click", async () => {
      const isCopied = await copy(field);
      button.textContent = isCopied ? "Copied" : "Selected";
      status.textContent = isCopied ? "Copied." : "Selected. Copy it with the keys of your system.";
      setTimeout(() => {
        button.innerHTML = label;
        status.textContent = "";
      }, confirmationMilliseconds);
    });
  }
}

/** Copies the text of a field; where copying is refused it is selected instead. Returns whether it was copied. */
async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    // Pages that did not come over HTTPS have no clipboard; this older way asks for no permission.
    field.select();
    return document.execCommand("copy");
  }
}
