// <form data-island="submit-once">: a second press while the first is under way does nothing. The button keeps its
// width and its place in the form data; coming back with the back button makes it usable again.
import { say, word } from "../island";
import type { Stop } from "../island";

export function submitOnce(root: HTMLElement): Stop {
  const form = root as HTMLFormElement;
  let used: HTMLButtonElement | null = null;
  let label = "";

  const release = (): void => {
    if (!used) return;
    used.removeAttribute("aria-disabled");
    used.textContent = label;
    used = null;
  };
  const hold = (event: SubmitEvent): void => {
    if (used) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    const button = event.submitter;
    if (!(button instanceof HTMLButtonElement)) return;
    used = button;
    label = button.textContent ?? "";
    const sentence = word(button, "busy", "Đang gửi…");
    setTimeout(() => {
      if (event.defaultPrevented && !form.hasAttribute("hx-post")) { release(); return; }
      button.style.setProperty("min-width", `${button.offsetWidth}px`);
      button.setAttribute("aria-disabled", "true");
      button.textContent = sentence;
      say(sentence);
    });
  };
  form.addEventListener("submit", hold);
  form.addEventListener("htmx:finally:request", release);
  window.addEventListener("pageshow", release);
  return () => window.removeEventListener("pageshow", release);
}
