// <div data-island="push" data-key data-address><button>…</button><p data-said></p></div>: asks the browser for push
// messages and tells the server where to send them. Where the browser cannot, the button goes away.
import { csrf, word } from "../island";

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

async function subscribe(root: HTMLElement): Promise<string> {
  if ((await Notification.requestPermission()) !== "granted") return word(root, "denied", "Trình duyệt đang chặn thông báo.");
  const worker = await navigator.serviceWorker.ready;
  const key = bytes(root.dataset["key"] ?? "");
  const found = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const said = found.toJSON();
  const body = new URLSearchParams({
    endpoint: found.endpoint, p256dh: said.keys?.["p256dh"] ?? "", auth: said.keys?.["auth"] ?? "",
    name: navigator.userAgent.match(/(Firefox|Edg|Chrome|Safari)\/\d+/)?.[0] ?? "",
  });
  const answer = await fetch(root.dataset["address"] ?? "", {
    method: "POST", body, headers: { "X-CSRFToken": csrf() }, credentials: "same-origin",
  });
  if (answer.ok) return word(root, "done", "Đã bật thông báo trên máy này.");
  return ((await answer.json()) as { message?: string }).message ?? word(root, "failed", "Chưa bật được.");
}

export function push(root: HTMLElement): void {
  const button = root.querySelector("button");
  const region = root.querySelector<HTMLElement>("[data-said]");
  if (!button || !region) return;
  if (!("serviceWorker" in navigator) || !("PushManager" in window)) {
    button.hidden = true;
    return;
  }
  button.addEventListener("click", async () => {
    button.disabled = true;
    region.textContent = await subscribe(root).catch(() => word(root, "failed", "Chưa bật được. Kiểm tra mạng rồi thử lại."));
    button.disabled = false;
  });
}
