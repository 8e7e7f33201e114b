// The Mini App: warnings, my cases, and doors to the pages of the province. Pages open in a web view of the platform's
// own address, where people sign in as usual; nothing is kept on the device.

import { getAccessToken, openWebview } from "zmp-sdk/apis";

import { type Case, type Entered, Platform, type Warning } from "./platform";

const platform = new Platform(
  (import.meta.env.VITE_TINHSO ?? "").replace(/\/$/, ""),
  import.meta.env.VITE_TINHSO_LINE ?? "zalo-tinh",
);
const PATIENCE = 10_000; // milliseconds
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

function opening(text: string, address: string, className = ""): HTMLButtonElement {
  const button = made("button", text, className);
  button.type = "button";
  button.addEventListener("click", () => void openWebview({ url: address }));
  return button;
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
  return { title: `${one.level_name}: ${one.title}`, detail: areas, url: one.url };
}

function shownCase(one: Case) {
  return { title: one.title, detail: `${one.number} · ${one.state} · ${one.unit}`, url: one.url };
}

async function mine(): Promise<HTMLElement> {
  let entered: Entered;
  try {
    entered = await platform.enter(await getAccessToken());
  } catch {
    return made("p", "Chưa đăng nhập được qua Zalo. Bạn vẫn tra cứu được bằng mã hồ sơ.", "quiet");
  }
  if (!entered.is_linked) {
    const words = made("p", "Liên kết tài khoản một lần để thấy hồ sơ, phản ánh của bạn ở đây.");
    const card = made("div", "", "card");
    card.append(words, opening("Liên kết tài khoản", entered.link));
    return card;
  }
  return rows((await platform.cases(entered.token)).map(shownCase), "Bạn chưa gửi hồ sơ, phản ánh nào.");
}

async function warnings(): Promise<HTMLElement | null> {
  const found = await platform.warnings().catch(() => []);
  return found.length ? section("Cảnh báo", rows(found.slice(0, 5).map(shownWarning), "")) : null;
}

/** The doors are there at once; what must be asked for comes when it comes, or says that it did not. */
async function show(): Promise<void> {
  const app = document.getElementById("app");
  if (!app) return;
  const doors = made("nav");
  doors.setAttribute("aria-label", "Việc thường làm");
  doors.append(...DOORS.map(([name, path]) => opening(name, platform.page(path))));
  const waiting = made("p", "Đang tải…", "quiet");
  const own = section("Việc của tôi", waiting);
  app.replaceChildren(made("h1", "Bạn cần làm gì hôm nay?"), doors, own);
  void warnings().then((told) => told && doors.before(told));
  const late = new Promise<HTMLElement>((done) => {
    setTimeout(() => done(made("p", "Chưa tải được. Thử lại sau.", "quiet")), PATIENCE);
  });
  const found = mine().catch(() => made("p", "Chưa tải được. Thử lại sau.", "quiet"));
  waiting.replaceWith(await Promise.race([found, late]));
}

void show();
