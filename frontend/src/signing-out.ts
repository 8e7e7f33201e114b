// Nothing of a person stays on a device that somebody else may use: not when they sign out, not in other tabs that stand
// open, not in a page that the back button brings back as it was.
import { wipeDrafts } from "./islands/drafts";
import { wipe } from "./outbox";

export const ACCOUNT = "tinhso-account"; // whose pages were shown here last, by the mark of the account
const LEFT = "tinhso-left"; // who signed out here last
const LONGEST = 3000; // ms that the browser's push service is waited for

/** What this person typed and chose goes away, and messages no longer come to this browser. */
export async function forgetPerson(): Promise<void> {
  await Promise.all([wipeDrafts(), wipe(), Promise.race([endMessages(), new Promise((done) => setTimeout(done, LONGEST))])]);
  localStorage.removeItem("tinhso-counter-open"); // what a counter received stays for the province, but shows no more
  sessionStorage.setItem(LEFT, document.documentElement.dataset["account"] ?? "");
  localStorage.removeItem(ACCOUNT);
}

async function endMessages(): Promise<void> {
  const worker = await navigator.serviceWorker?.getRegistration();
  const found = await worker?.pushManager?.getSubscription();
  await found?.unsubscribe().catch(() => false);
}

/** Who this page was made for has left, or somebody else has come. A sign-in that merely ended keeps what is typed. */
function isStale(): boolean {
  const { account, copy } = document.documentElement.dataset;
  if (!account || copy) return false;
  const now = localStorage.getItem(ACCOUNT);
  return localStorage.getItem(LEFT) === account || (Boolean(now) && now !== account);
}

/** A page of somebody who is signed in hides and is asked for anew as soon as that person has left elsewhere. */
export function leaveWithTheOthers(): void {
  const { account } = document.documentElement.dataset;
  const check = (): void => {
    if (!isStale()) return;
    document.body.hidden = true;
    location.replace(location.href);
  };
  const leaving = sessionStorage.getItem(LEFT);
  sessionStorage.removeItem(LEFT);
  if (leaving && !account) localStorage.setItem(LEFT, leaving); // now that the server has done it, other tabs hear it
  if (account && localStorage.getItem(LEFT) === account) localStorage.removeItem(LEFT); // back again
  window.addEventListener("storage", (event) => { if (event.key === ACCOUNT || event.key === LEFT) check(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) check(); });
}
