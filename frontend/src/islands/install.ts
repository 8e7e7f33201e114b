// <div data-island="install" hidden><button data-yes>…</button><button data-no>…</button></div> on the page that ends a
// finished task: offers to put the app on the home screen, once on this device, where the browser can do it.
import type { Stop } from "../island";

const ASKED = "tinhso-install-asked";
interface Offer extends Event { prompt: () => Promise<unknown> }

export function install(root: HTMLElement): Stop | void {
  if (localStorage.getItem(ASKED) || matchMedia("(display-mode: standalone)").matches) return;
  let offer: Offer | undefined;
  const offered = (event: Event): void => {
    event.preventDefault();
    offer = event as Offer;
    root.hidden = false;
  };
  const done = (): void => {
    localStorage.setItem(ASKED, "1");
    root.hidden = true;
  };
  addEventListener("beforeinstallprompt", offered);
  root.querySelector("[data-yes]")?.addEventListener("click", () => {
    void offer?.prompt().catch(() => undefined);
    done();
  });
  root.querySelector("[data-no]")?.addEventListener("click", done);
  return () => removeEventListener("beforeinstallprompt", offered);
}
