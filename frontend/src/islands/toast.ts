// A message about something that can be undone: goes by itself after data-seconds, waits while looked at.
import type { Stop } from "../island";

export function toast(root: HTMLElement): Stop {
  let left = Number(root.dataset["seconds"] ?? "10");
  const clock = setInterval(() => {
    if (root.matches(":hover, :focus-within")) return;
    left -= 1;
    if (left <= 0) root.remove();
  }, 1000);
  root.addEventListener("click", (event) => {
    if ((event.target as HTMLElement).closest("[data-close]")) root.remove();
  });
  return () => clearInterval(clock);
}
