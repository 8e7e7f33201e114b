// What happens without network to what the outbox does not keep: a plain form stays as it is instead of giving way to the
// browser's own error page, and the page for "no network" lists which pages can be opened all the same.
import { say } from "./island";

const STAYS = "Chưa có mạng. Những gì bạn đã nhập vẫn ở đây; nhấn lại khi có mạng.";

/** Stops the sending of plain forms while there is no network, and says so above the form. */
export function holdFormsWithoutNetwork(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (navigator.onLine || event.defaultPrevented || form.method !== "post" || form.matches("[hx-post]")) return;
    event.preventDefault();
    const found = form.querySelector<HTMLElement>("[data-no-network]");
    const notice = found ?? Object.assign(document.createElement("p"), { className: "notice warn", tabIndex: -1, textContent: STAYS });
    notice.dataset["noNetwork"] = "";
    form.prepend(notice);
    notice.focus();
    say(STAYS);
    window.addEventListener("online", () => notice.remove(), { once: true });
  });
}

/** <section data-island="offline-pages" hidden>…<ul></ul></section>: the pages of which the worker keeps a copy. */
export function offlinePages(root: HTMLElement): void {
  void keptPages().then((pages) => {
    root.querySelector("ul")?.replaceChildren(...pages.map(([path, title]) => {
      const line = document.createElement("li");
      line.append(Object.assign(document.createElement("a"), { href: path, textContent: title, className: "whole" }));
      return line;
    }));
    root.hidden = pages.length === 0;
  }).catch(() => undefined);
}

async function keptPages(): Promise<[string, string][]> {
  const caught = (await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()))).flat();
  const paths = new Set(caught.map((one) => new URL(one.url).pathname).filter((path) => !path.startsWith("/static/") && path !== "/khong-co-mang/"));
  return Promise.all([...paths].sort().map(async (path): Promise<[string, string]> => {
    const html = await (await caches.match(path))?.text() ?? "";
    return [path, new DOMParser().parseFromString(html, "text/html").title.replace(/ – Tỉnh Số$/, "") || path];
  }));
}
