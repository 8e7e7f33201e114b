// Keeps the shell at hand: hashed files from the cache first, pages from the network with a page for "no network".
// Keeps no page as somebody saw it: pages may belong to somebody who is signed in, and devices are shared. A page that
// says it works without network (header Offline-Copy) is fetched a second time without cookies, and that copy is kept.
// Sends the outbox when the browser says that there is a network again, also when no page is open.
import { deliver } from "./outbox";

const CACHE = "tinhso-__BUILD__";
const OFFLINE = "/khong-co-mang/";
const ASSETS = "/static/dist/assets/";
const MARK = "Offline-Copy";

/** Keeps these files, and the pictures that their style sheets show. */
async function keepFiles(cache, files) {
  const add = (file) => cache.add(file).catch(() => undefined); // one that went with an older build must not stop the rest
  await Promise.all(files.map(add));
  const kept = await Promise.all(files.filter((file) => file.endsWith(".css")).map((file) => cache.match(file)));
  const sheets = await Promise.all(kept.filter(Boolean).map((sheet) => sheet.text()));
  const pictures = sheets.flatMap((sheet) => [...sheet.matchAll(/url\(["']?(\/static\/dist\/[^"')]+\.svg)/g)].map((found) => found[1]));
  await Promise.all([...new Set(pictures)].map(add));
}

/** Keeps a page as a stranger sees it, with the files it needs. */
async function keepCopy(address) {
  const answer = await fetch(address, { credentials: "omit", headers: { [MARK]: "1" } });
  if (!answer.ok || answer.redirected || (address !== OFFLINE && !answer.headers.has(MARK))) return;
  const html = (await answer.text()).replace("<html ", '<html data-copy="1" ');
  const files = [...html.matchAll(/["'](\/static\/dist\/[^"'#]+\.(?:js|css|svg|woff2))/g)].map((found) => found[1]);
  const cache = await caches.open(CACHE);
  await keepFiles(cache, [...new Set(files)]);
  await cache.put(address, new Response(html, { headers: answer.headers }));
}

/** Pages kept by the worker before this one are fetched anew, with the files of this build. */
async function renewCopies(names) {
  const old = (await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))).flat();
  const pages = old.map((request) => new URL(request.url).pathname).filter((path) => !path.startsWith("/static/"));
  await Promise.all([...new Set(pages)].map((path) => keepCopy(path).catch(() => undefined)));
  await Promise.all(names.map((name) => caches.delete(name)));
}

self.addEventListener("install", (event) => event.waitUntil(keepCopy(OFFLINE)));

self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => renewCopies(names.filter((name) => name !== CACHE)))
    .then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  if (event.data === "renew") self.skipWaiting();
  if (event.data?.keep) event.waitUntil(keepCopy(event.data.keep).catch(() => undefined));
});

self.addEventListener("sync", (event) => {
  if (event.tag !== "outbox") return;
  event.waitUntil(deliver().then((isDone) => { if (!isDone) throw new Error("later"); }));
});

async function fromCacheFirst(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) (await caches.open(CACHE)).put(request, answer.clone());
  return answer;
}

async function page(event, address) {
  try {
    const answer = await fetch(event.request);
    if (answer.ok && answer.headers.has(MARK)) event.waitUntil(keepCopy(address.pathname).catch(() => undefined));
    return answer;
  } catch {
    return await caches.match(address.pathname) ?? await caches.match(OFFLINE) ?? Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (address.pathname.startsWith(ASSETS)) event.respondWith(fromCacheFirst(request));
  else if (request.mode === "navigate") event.respondWith(page(event, address));
});

// A push message says what the notice on the site says; a click opens the site there, in a window that is open if any.
self.addEventListener("push", (event) => {
  const said = event.data?.json() ?? {};
  event.waitUntil(self.registration.showNotification(said.title ?? "Tỉnh Số", {
    body: said.body ?? "", tag: said.tag, data: { url: said.url }, lang: "vi",
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address = new URL(event.notification.data?.url ?? "/", self.location.origin);
  if (address.origin !== self.location.origin) return;
  event.waitUntil(self.clients.matchAll({ type: "window" }).then((windows) => {
    const open = windows.find((one) => "navigate" in one);
    return open ? open.navigate(address.href).then((one) => one?.focus()) : self.clients.openWindow(address.href);
  }));
});
