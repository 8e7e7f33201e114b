// Tells five minutes ahead that the sign-in will end, with a button that prolongs it. data-seconds: length of the
// session; data-url: any page that touches it. What was typed is kept by autosave in any case.
import type { Stop } from "../island";

const AHEAD = 5 * 60;

export function idle(root: HTMLElement): Stop {
  const seconds = Number(root.dataset["seconds"] ?? "0");
  if (seconds <= AHEAD) return () => undefined;
  let timer = 0;
  const wait = (): void => {
    root.hidden = true;
    clearTimeout(timer);
    timer = window.setTimeout(() => { root.hidden = false; }, (seconds - AHEAD) * 1000);
  };
  root.querySelector("[data-stay]")?.addEventListener("click", async () => {
    const answer = await fetch(root.dataset["url"] ?? location.href, { credentials: "same-origin" });
    if (answer.ok) wait();
  });
  document.addEventListener("htmx:after:request", wait);
  wait();
  return () => { clearTimeout(timer); document.removeEventListener("htmx:after:request", wait); };
}
