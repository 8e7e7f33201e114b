// The Mini App: warnings, my cases, and doors to the pages of the province. Pages open in a web view of the platform's
// own address, where people sign in as usual; nothing is kept on the device.

import { getAccessToken, openPhone, openWebview } from "zmp-sdk/apis";

import { type Case, type Entered, Platform, type Warning } from "./platform";

const platform = new Platform(
  (import.meta.env.VITE_TINHSO ?? "").replace(/\/$/, ""),
  import.meta.env.VITE_TINHSO_LINE ?? "zalo-tinh",
);
const PATIENCE = 10_000; // milliseconds
const UNTIL = { day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit" } as const;
const HOTLINE = "1022";
const DOORS: [string, string][] = [
  ["Tìm thủ tục", "/tim-kiem/"],
  ["Phản ánh", "/phan-anh/"],
  ["Hỏi đáp", "/hoi-dap/"],
  ["Tra cứu hồ sơ", "/tra-cuu/"],
];

function made<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  text = "",
  className = "",
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

function pressed(text: string, act: () => void, className = ""): HTMLButtonElement {
  const button = made("button", text, className);
  button.type = "button";
  button.addEventListener("click", act);
  return button;
}

/** Outside Zalo the operator's functions refuse; a browser opens the same address itself. */
function opening(text: string, address: string, className = ""): HTMLButtonElement {
  const open = () => openWebview({ url: address }).catch(() => location.assign(address));
  return pressed(text, () => void open(), className);
}

function calling(): HTMLButtonElement {
  const call = () => openPhone({ phoneNumber: HOTLINE }).catch(() => location.assign(`tel:${HOTLINE}`));
  return pressed(`Gọi ${HOTLINE}, hỏi gì cũng được`, () => void call(), "call");
}

/** What could not be had, why as far as we know, and asking again. */
function failed(again: () => void): HTMLElement {
  const card = made("div", "", "card");
  const words = navigator.onLine ? "Chưa tải được." : "Không có mạng.";
  card.append(made("p", `${words} Bạn vẫn gọi được ${HOTLINE}.`), pressed("Thử lại", again));
  return card;
}

function section(title: string, ...inside: HTMLElement[]): HTMLElement {
  const whole = made("section");
  whole.append(made("h2", title), ...inside);
  return whole;
}

function rows(found: { title: string; detail: string; url: string }[], nothing: string): HTMLElement {
  if (!found.length) return made("p", nothing, "quiet");
  const list = made("ul");
  for (const one of found) {
    const item = made("li");
    item.append(opening(one.title, one.url, "row"), made("p", one.detail, "quiet"));
    list.append(item);
  }
  return list;
}

function shownWarning(one: Warning) {
  const areas = one.areas.map((area) => area.name).join(", ");
  const until = new Date(one.expires_at).toLocaleString("vi-VN", UNTIL);
  return { title: `${one.level_name}: ${one.title}`, detail: `${areas} · đến ${until}`, url: one.url };
}

function shownCase(one: Case) {
  return { title: one.title, detail: `${one.number} · ${one.state} · ${one.unit}`, url: one.url };
}

async function mine(): Promise<HTMLElement> {
  const zaloToken = await getAccessToken().catch(() => "");
  if (!zaloToken) return made("p", "Mở trong Zalo để thấy việc của bạn. Ở đây bạn vẫn tra cứu được bằng mã hồ sơ.", "quiet");
  const entered: Entered = await platform.enter(zaloToken);
  if (!entered.is_linked) {
    const card = made("div", "", "card");
    const words = made("p", "Liên kết tài khoản một lần để thấy hồ sơ, phản ánh của bạn ở đây.");
    card.append(words, opening("Liên kết tài khoản", entered.link));
    return card;
  }
  return rows((await platform.cases(entered.token)).map(shownCase), "Bạn chưa gửi hồ sơ, phản ánh nào.");
}

/** My cases when they come; after a while, and when they do not come, that is said. */
function own(): HTMLElement {
  const place = made("div");
  place.setAttribute("aria-live", "polite");
  const show = (inside: HTMLElement) => place.replaceChildren(inside);
  const ask = () => {
    show(made("p", "Đang tải…", "quiet"));
    const patience = setTimeout(() => show(failed(ask)), PATIENCE);
    void mine()
      .then(show, () => show(failed(ask)))
      .finally(() => clearTimeout(patience));
  };
  ask();
  return section("Việc của tôi", place);
}

/** The doors are there at once, without a network too; what holds now is put above them when it comes. */
function show(): void {
  const app = document.getElementById("app");
  if (!app) return;
  const doors = made("nav");
  doors.setAttribute("aria-label", "Việc thường làm");
  doors.append(...DOORS.map(([name, path]) => opening(name, platform.page(path))), calling());
  app.replaceChildren(made("h1", "Bạn cần làm gì hôm nay?"), doors, own());
  const told = (found: Warning[]) =>
    found.length && doors.before(section("Cảnh báo", rows(found.slice(0, 5).map(shownWarning), "")));
  platform.warnings().then(told, () => doors.after(opening("Xem cảnh báo đang có", platform.page("/canh-bao/"))));
}

show();
