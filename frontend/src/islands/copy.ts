// <button data-island="copy" data-text="H53…">: puts the text on the clipboard and says so.
import { say, word } from "../island";

export function copy(root: HTMLElement): void {
  root.addEventListener("click", async () => {
    await navigator.clipboard.writeText(root.dataset["text"] ?? "");
    say(word(root, "done", "Đã chép."));
    root.classList.add("copied");
  });
}
