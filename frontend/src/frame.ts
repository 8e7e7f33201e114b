// What every page has: htmx, the islands all families share, and the service worker.
import htmx from "htmx.org";
import "./css/index.css";
import "./generated/icons.svg?url";
import "./art/mark.svg?url";
import { declare, run } from "./island";
import { copy } from "./islands/copy";
import { dialog } from "./islands/dialog";
import { forgetDrafts } from "./islands/forget-drafts";
import { idle } from "./islands/idle";
import { keepSending, outboxForm, outboxList, outboxStrip } from "./islands/outbox";
import { submitOnce } from "./islands/submit-once";
import { choice } from "./islands/theme";
import { toast } from "./islands/toast";
import { loading } from "./loading";
import { holdFormsWithoutNetwork, offlinePages } from "./no-network";
import { leaveWithTheOthers } from "./signing-out";

export function startFrame(): void {
  declare("theme", choice);
  declare("dialog", dialog);
  declare("copy", copy);
  declare("submit-once", submitOnce);
  declare("idle", idle);
  declare("toast", toast);
  declare("forget-drafts", forgetDrafts);
  declare("outbox", outboxForm);
  declare("outbox-list", outboxList);
  declare("outbox-strip", outboxStrip);
  declare("offline-pages", offlinePages);
  window.htmx = htmx;
  run();
  loading();
  holdFormsWithoutNetwork();
  document.querySelector<HTMLElement>("[data-focus-first]")?.focus();
  if ("indexedDB" in window) keepSending();
  try { leaveWithTheOthers(); } catch { /* a browser that keeps nothing has nothing to hide */ }
  if ("serviceWorker" in navigator) startWorker(navigator.serviceWorker);
}

// Pages that open without network want a copy at the first visit already; others let the worker wait until they are there.
function startWorker(workers: ServiceWorkerContainer): void {
  const opensOffline = document.querySelector("[data-outbox], [data-offline]") !== null;
  const start = (): void => void workers.register("/sw.js").catch(() => undefined);
  if (opensOffline || document.readyState === "complete") start();
  else window.addEventListener("load", start, { once: true });
  if (opensOffline) void workers.ready.then((worker) => worker.active?.postMessage({ keep: location.pathname }));
}
