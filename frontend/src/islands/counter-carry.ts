// On the ordinary counter's page, a notice with a link to the counter without network: shows when the network has gone,
// and takes along what was typed so far, so that nobody has to be asked twice.
import { say } from "../island";
import type { Stop } from "../island";

const CARRIED = "tinhso-counter-carried";

export function counterCarry(root: HTMLElement): Stop {
  const show = (): void => {
    root.hidden = navigator.onLine;
    if (!root.hidden) say(root.textContent?.trim() ?? "");
  };
  root.querySelector("a")?.addEventListener("click", () => {
    const form = document.querySelector<HTMLFormElement>(root.dataset["form"] ?? "form");
    if (!form) return;
    const typed = [...new FormData(form)].filter((pair): pair is [string, string] => typeof pair[1] === "string" && pair[0] !== "csrfmiddlewaretoken");
    sessionStorage.setItem(CARRIED, JSON.stringify(typed));
  });
  window.addEventListener("online", show);
  window.addEventListener("offline", show);
  document.addEventListener("htmx:error", show);
  show();
  return () => {
    window.removeEventListener("online", show);
    window.removeEventListener("offline", show);
    document.removeEventListener("htmx:error", show);
  };
}
