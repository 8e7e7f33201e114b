// The counter without network. With network it takes along what it will need (key, numbers, procedures, promised dates);
// without, the clerk receives as always, the counter signs, a receipt is printed; with network again everything is sent,
// once. What lies here only shows while an official is signed in on this browser, or was when the network went.
import { say } from "../island";
import type { Stop } from "../island";
import { whoSends } from "../outbox";
import { DONE, freeNumbers, keep, kept, keys, nextNumber, publicKey, received, sign, take } from "../counter-store";
import type { Branch, Kit, Procedure, Received, Slip } from "../counter-store";
import { dayOf, drawn, dueAt, dueWords, iso, isPersonal, isTaxCode, masked, money, rank, words } from "../counter-words";

const OPEN = "tinhso-counter-open"; // in localStorage while an official is signed in; signing out takes it away
const CARRIED = "tinhso-counter-carried"; // in sessionStorage, by counter-carry.ts: what was typed at the ordinary counter
const AGAIN = 5_000;
const WORDS = { counter: "Đã nhận tại quầy", stored: "Tỉnh đã nhận", registered: "Đã đăng ký" };
const SHORT = new Map([["counter", "warn"], ["stored", "info"], ["held", "bad"], ["registered", "ok"], ["merged", "ok"], ["rejected", "bad"]]);

function make<K extends keyof HTMLElementTagNameMap>(tag: K, text = "", className = ""): HTMLElementTagNameMap[K] {
  return Object.assign(document.createElement(tag), { textContent: text, className });
}

class Page {
  kit: Kit | undefined;
  ahead = 0; // server time − own time, ms
  chosen: Procedure | undefined;
  isBusy = false;
  readonly form: HTMLFormElement;

  constructor(readonly root: HTMLElement) {
    this.form = this.find<HTMLFormElement>("[data-form]");
  }

  find<T extends HTMLElement = HTMLElement>(selector: string): T {
    const found = this.root.querySelector<T>(selector);
    if (!found) throw new Error(`no ${selector}`);
    return found;
  }

  field(name: string): HTMLInputElement { return this.form.elements.namedItem(name) as HTMLInputElement; }
  text(name: string): string { return this.field(name).value.trim(); }
  now(): number { return Date.now() + this.ahead; }
  isOpen(): boolean { return localStorage.getItem(OPEN) === "1" && this.kit !== undefined; }
  branch(): Branch | undefined { return this.chosen?.branches.find((one) => one.code === this.field("branch").value) ?? this.chosen?.branches[0]; }

  // --- taking along

  async load(): Promise<void> {
    ({ kit: this.kit, ahead: this.ahead } = await kept());
    await this.show();
    await this.prepare();
    await this.sync();
  }

  /** Takes along what is needed, when there is a network and an official signed in. */
  async prepare(isSecond = false): Promise<void> {
    try {
      const sender = await whoSends();
      if (!sender.account) { localStorage.removeItem(OPEN); await this.show(); return; }
      const body = new FormData();
      body.append("key", await publicKey(await keys(isSecond)));
      const before = Date.now();
      const answer = await fetch(this.root.dataset["prepare"] ?? "", { method: "POST", body, headers: { "X-CSRFToken": sender.token } });
      const said = await answer.json().catch(() => ({})) as Kit & { code?: string; message?: string };
      if (said.code === "offline_counter.revoked" && !isSecond) { await this.prepare(true); return; }
      if (!answer.ok) {
        if (answer.status < 500) localStorage.removeItem(OPEN);
        await this.show(said.message ?? "Tài khoản này không nhận hồ sơ ở quầy. Đăng nhập bằng tài khoản cán bộ một cửa.");
        return;
      }
      this.ahead = Date.parse(said.prepared_at) - Math.round((before + Date.now()) / 2);
      await take(said, this.ahead);
      this.kit = said;
      localStorage.setItem(OPEN, "1");
    } catch { /* no network: what was taken along before is used */ }
    await this.show();
  }

  async show(problem = ""): Promise<void> {
    const isOnline = navigator.onLine;
    const network = this.find("[data-network]");
    network.textContent = isOnline ? "Có mạng" : "Mất mạng – vẫn nhận được";
    network.className = `tag push ${isOnline ? "ok" : "warn"}`;
    const isOpen = this.isOpen();
    this.form.hidden = !isOpen;
    this.find("[data-sign-in]").hidden = isOpen || !isOnline;
    this.find("[data-unit]").textContent = isOpen ? this.kit?.counter.unit ?? "" : "";
    const clerk = document.querySelector("[data-clerk]");
    if (clerk) clerk.textContent = isOpen ? this.kit?.clerk.name ?? "" : "";
    await this.sayKit(problem);
    await this.showList();
    await this.showNext();
  }

  async sayKit(problem: string): Promise<void> {
    const notice = this.find("[data-kit]");
    const left = this.isOpen() ? await freeNumbers(dayOf(this.now())) : [];
    const waiting = (await received(this.now())).filter((one) => one.state === "counter").length;
    notice.hidden = false;
    if (problem || !this.isOpen()) {
      notice.className = "notice warn";
      const closed = navigator.onLine ? "Đăng nhập để mở quầy." : "Quầy chưa được chuẩn bị, hoặc đã đăng xuất trước khi mất mạng. Nối mạng và đăng nhập để mở.";
      notice.textContent = `${problem || closed}${waiting ? ` Trên máy còn ${waiting} biên nhận chờ gửi; chúng không mất.` : ""}`;
    } else {
      notice.className = `notice ${left.length ? "calm" : "warn"}`;
      const prepared = `Đã chuẩn bị lúc ${words(Date.parse(this.kit?.prepared_at ?? ""))}: ${this.kit?.procedures.length} thủ tục`;
      notice.textContent = left.length ? `${prepared}, còn ${left.length} số cho hôm nay.` : `${prepared}, nhưng hết số cho hôm nay. Nối mạng để lấy thêm số.`;
    }
  }

  // --- receiving

  offerPicks(): void {
    const text = this.text("q");
    const found = text ? (this.kit?.procedures ?? []).map((one) => ({ one, score: rank(one, text) })).filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score || a.one.name.localeCompare(b.one.name)).slice(0, 8) : [];
    const rows = found.map(({ one }, index) => {
      const button = Object.assign(make("button", "", "button secondary"), { type: "button" });
      button.dataset["key"] = `Alt+${index + 1}`;
      button.append(make("kbd", `Alt ${index + 1}`, "kbd"), make("span", one.name, "grow"), make("span", one.code, "meta"));
      button.addEventListener("click", () => this.choose(one));
      return button;
    });
    this.find("[data-picks]").replaceChildren(...(text && !rows.length ? [make("p", "Không có trong các thủ tục quầy nhận được khi mất mạng.", "muted")] : rows));
  }

  /** Chooses a procedure, or none and goes to the field named. */
  choose(one: Procedure | undefined, next = "q"): void {
    this.chosen = one;
    this.find("[data-chosen]").hidden = !one;
    this.find("[data-choosing]").hidden = one !== undefined;
    const select = this.form.elements.namedItem("branch") as HTMLSelectElement;
    select.replaceChildren(...(one?.branches ?? []).map((branch) => Object.assign(make("option", branch.name), { value: branch.code })));
    this.find("[data-branches]").hidden = !one || one.branches.length < 2;
    if (one) {
      this.find("[data-procedure-name]").textContent = one.name;
      this.find("[data-procedure-code]").textContent = `${one.code} · ${one.resolving}`;
    } else if (next) {
      this.field(next).focus();
    }
    this.showPapers();
  }

  showPapers(): void {
    const branch = this.branch();
    const rows = (branch?.papers ?? []).map((one, index) => {
      const id = `has-${one.code}`;
      const box = Object.assign(make("input"), { type: "checkbox", id, name: id, value: "1" });
      const label = Object.assign(make("label", "", "check"), { htmlFor: id });
      label.append(box, make("span", one.is_required ? one.name : `${one.name} (khi cần)`));
      const line = make("div", "", "paper-line grow");
      line.append(index < 9 ? make("kbd", String(index + 1), "kbd") : make("span"), label);
      if (index < 9) box.dataset["paper"] = String(index + 1);
      for (const [kind, usual, words] of [["originals", one.originals, "Số bản chính"], ["copies", one.copies, "Số bản sao"]] as const) {
        const count = Object.assign(make("input", "", "input"), { name: `${kind}-${one.code}`, value: String(usual), inputMode: "numeric" });
        count.setAttribute("aria-label", `${words}: ${one.name}`);
        line.append(count);
      }
      const row = make("li");
      row.append(line);
      return row;
    });
    this.find("[data-papers]").replaceChildren(...(rows.length || !branch ? rows : [make("li", "Thủ tục này không yêu cầu giấy tờ.", "muted")]));
    this.find("[data-papers-card]").hidden = !branch;
    this.find("[data-limit]").textContent = branch?.limit ?? "–";
    this.find("[data-fee]").textContent = branch ? (branch.fee ? money(branch.fee) : branch.fee_words) : "–";
    this.find("[data-fee-paid]").hidden = !branch?.fee;
    this.find("[data-due]").textContent = branch ? dueWords(branch, this.now()) : "Chọn thủ tục để xem hạn trả.";
    void this.showNext();
    if (branch) this.find<HTMLInputElement>("[data-papers] input, [name=result_channel]").focus();
  }

  async showNext(): Promise<void> {
    const agency = this.chosen?.agency;
    const next = agency ? (await freeNumbers(dayOf(this.now()))).find((one) => one.agency === agency) : undefined;
    this.find("[data-next]").textContent = next?.code ?? (agency ? "Hết số" : "–");
  }

  /** A scanned card fills the applicant in: number|old number|name|born|sex|address|issued. */
  readCard(): void {
    const parts = this.text("identity_number").split("|");
    if (parts.length < 6) return;
    this.field("identity_number").value = parts[0] ?? "";
    this.field("full_name").value = parts[2] ?? "";
    this.field("address").value = parts[5] ?? "";
  }

  problems(branch: Branch | undefined): [string, string][] {
    const found: [string, string][] = [];
    const number = this.text("identity_number");
    if (!isPersonal(number) && !isTaxCode(number)) found.push(["identity_number", "Quét thẻ, hoặc nhập 12 số định danh hay mã số thuế."]);
    if (!this.text("full_name")) found.push(["full_name", "Nhập họ tên người nộp hoặc tên tổ chức."]);
    if (!branch) found.push(["q", "Chọn thủ tục: gõ mã, chữ đầu hoặc vài từ trong tên."]);
    const lacking = (branch?.papers ?? []).filter((one) => one.is_required && !this.field(`has-${one.code}`).checked);
    if (lacking.length) found.push(["papers", `Còn thiếu: ${lacking.slice(0, 4).map((one) => one.name).join("; ")}.`]);
    return found;
  }

  complain(found: [string, string][]): void {
    const box = this.find("[data-errors]");
    box.hidden = found.length === 0;
    box.querySelector("ul")?.replaceChildren(...found.map(([id, sentence]) => {
      const row = make("li");
      row.append(Object.assign(make("a", sentence), { href: `#${id}` }));
      return row;
    }));
    if (found.length) box.focus();
  }

  async receive(): Promise<void> {
    const branch = this.branch();
    const { kit, chosen } = this;
    const found = this.problems(branch);
    this.complain(found);
    if (found.length || !branch || !kit || !chosen) return;
    const id = crypto.randomUUID();
    const at = this.now();
    const leased = await nextNumber(chosen.agency, dayOf(at), id);
    if (!leased) { this.complain([["q", "Hết số cho hôm nay. Nối mạng để lấy thêm số; hoặc nhận hồ sơ sau."]]); return; }
    const papers = branch.papers.filter((one) => this.field(`has-${one.code}`).checked);
    const count = (name: string): number => Math.min(999, Math.max(0, Number.parseInt(this.text(name), 10) || 0));
    const due = dueAt(branch, at);
    const text = JSON.stringify({
      v: 1, id, counter: kit.counter.id, clerk: kit.clerk.id, code: leased.code, received_at: iso(at),
      procedure: chosen.code, version: chosen.version_id, branch: branch.code,
      applicant: {
        name: this.text("full_name").slice(0, 200), identity_number: this.text("identity_number").slice(0, 14), phone: this.text("phone").slice(0, 16),
        address: this.text("address").slice(0, 250), on_behalf_of: this.text("on_behalf_of").slice(0, 200),
      },
      papers: papers.map((one) => ({ code: one.code, originals: count(`originals-${one.code}`), copies: count(`copies-${one.code}`) })),
      result_channel: this.field("result_channel").value, fee_paid: branch.fee > 0 && this.field("fee_paid").checked,
      due_at: due || null,
    });
    const signature = await sign(text);
    const slip: Slip = {
      body: kit.counter.body, unit: kit.counter.unit, code: leased.code, name: this.text("full_name"), identity: masked(this.text("identity_number")),
      procedure: branch.name ? `${chosen.name} – ${branch.name}` : chosen.name, received: words(at), due: dueWords(branch, at),
      fee: branch.fee ? `${money(branch.fee)} – ${this.field("fee_paid").checked ? "đã thu" : "chưa thu"}` : branch.fee_words,
      clerk: kit.clerk.name, papers: papers.map((one) => `${one.name}: ${count(`originals-${one.code}`)} bản chính, ${count(`copies-${one.code}`)} bản sao`),
      signature, address: `${kit.base}/bien-nhan/${leased.code}/${leased.token}/?k=${signature}`,
    };
    await keep({ id, code: leased.code, text, signature, at, slip, state: "counter", words: WORDS.counter, stored_at: "", settled_at: "", number: "", notes: [] });
    this.clear();
    this.showReceipt(slip);
    say(`Đã nhận tại quầy, số ${leased.code}.`);
    await this.show();
    void this.sync();
  }

  clear(): void {
    this.form.reset();
    this.complain([]);
    this.choose(undefined, "");
    this.offerPicks();
  }

  showReceipt(slip: Slip): void {
    const receipt = this.find("[data-receipt]");
    for (const place of receipt.querySelectorAll<HTMLElement>("[data-slip]")) {
      const value = slip[place.dataset["slip"] as keyof Slip];
      place.textContent = typeof value === "string" ? value : "";
    }
    this.find("[data-slip-papers]").replaceChildren(...(slip.papers.length ? slip.papers : ["Không có"]).map((one) => make("li", one)));
    this.find("[data-slip-qr]").innerHTML = drawn(slip.address);
    receipt.hidden = false;
    queueMicrotask(() => { receipt.focus(); receipt.scrollIntoView({ block: "nearest" }); });
  }

  // --- sending

  /** Sends what the province does not have yet and asks how far it is with the rest. */
  async sync(): Promise<void> {
    if (this.isBusy || !navigator.onLine) return;
    this.isBusy = true;
    try {
      const open = (await received(this.now())).filter((one) => !DONE.has(one.state));
      if (open.length === 0) return;
      const sender = await whoSends();
      if (!sender.account) return;
      for (const one of open.filter((each) => each.state === "counter").reverse()) await this.send(one, sender.token);
      await this.ask();
    } catch { /* no network after all: the next attempt comes */ } finally {
      this.isBusy = false;
      await this.showList();
    }
  }

  async send(one: Received, token: string): Promise<void> {
    const body = new FormData();
    body.append("text", one.text);
    body.append("signature", one.signature);
    body.append("clock", iso(this.now()));
    const answer = await fetch(this.root.dataset["send"] ?? "", { method: "POST", body, headers: { "X-CSRFToken": token } });
    const isJson = (answer.headers.get("content-type") ?? "").includes("json");
    const said = (isJson ? await answer.json() : {}) as Partial<Received> & { reasons?: string[]; message?: string };
    if (answer.ok && isJson) await this.note(one, said);
    else await keep({ ...one, notes: [said.message ?? (answer.status < 500 ? "Cần cán bộ của quầy đăng nhập để gửi." : "Tỉnh đang bận, sẽ gửi lại.")] });
  }

  async note(one: Received, said: Partial<Received> & { reasons?: string[]; reason?: string }): Promise<void> {
    await keep({
      ...one, state: said.state ?? one.state, words: said.words ?? one.words, stored_at: said.stored_at ?? "", settled_at: said.settled_at ?? "",
      number: said.number ?? "", notes: [...(said.reasons ?? []), said.reason ?? ""].filter(Boolean),
    });
  }

  async ask(): Promise<void> {
    const open = (await received(this.now())).filter((one) => one.state === "stored" || one.state === "held").slice(0, 50);
    if (open.length === 0) return;
    const query = new URLSearchParams(open.map((one) => ["id", one.id]));
    const answer = await fetch(`${this.root.dataset["states"]}?${query}`, { cache: "no-store" });
    if (!answer.ok) return;
    const { receptions } = await answer.json() as { receptions: (Partial<Received> & { id: string })[] };
    for (const said of receptions) {
      const one = open.find((each) => each.id === said.id);
      if (one) await this.note(one, said);
    }
  }

  async showList(): Promise<void> {
    const all = this.isOpen() ? await received(this.now()) : [];
    this.find("[data-list-card]").hidden = all.length === 0;
    this.find("[data-rows]").replaceChildren(...all.map((one) => this.row(one)));
  }

  row(one: Received): HTMLLIElement {
    const row = make("li");
    row.dataset["state"] = one.state;
    row.dataset["code"] = one.code;
    const grow = make("div", "", "grow stack gap-1");
    const at = (moment: string): string => moment ? words(Date.parse(moment)) : "";
    const steps = [`${WORDS.counter} ${words(one.at)}`];
    if (one.stored_at) steps.push(`${WORDS.stored} ${at(one.stored_at)}`);
    if (one.state === "registered") steps.push(`${WORDS.registered}${one.number && one.number !== one.code ? ` với mã ${one.number}` : ""} ${at(one.settled_at)}`);
    const line = make("ol", "", "offline-steps");
    line.append(...steps.map((step) => make("li", step)));
    grow.append(make("b", `${one.code} · ${one.slip.name}`), line, ...one.notes.map((note) => make("span", note, "meta")));
    const again = Object.assign(make("button", "In lại", "button secondary compact"), { type: "button" });
    again.addEventListener("click", () => this.showReceipt(one.slip));
    row.append(grow, make("span", one.words, `tag ${SHORT.get(one.state) ?? ""}`), again);
    return row;
  }

  /** What was typed at the ordinary counter when the network went. */
  takeOver(): void {
    const carried = sessionStorage.getItem(CARRIED);
    if (!carried || !this.isOpen()) return;
    sessionStorage.removeItem(CARRIED);
    const typed = new Map(JSON.parse(carried) as [string, string][]);
    for (const name of ["identity_number", "full_name", "phone", "address", "on_behalf_of", "q", "result_channel"]) {
      const value = typed.get(name);
      if (value) this.field(name).value = value;
    }
    const one = this.kit?.procedures.find((each) => each.code === typed.get("procedure"));
    if (!one) { this.offerPicks(); return; }
    this.choose(one);
    const branch = typed.get("branch");
    if (branch) { this.field("branch").value = branch; this.showPapers(); }
    for (const paper of this.branch()?.papers ?? []) this.field(`has-${paper.code}`).checked = typed.has(`has-${paper.code}`);
    say("Đã chuyển những gì vừa nhập sang quầy ngoại tuyến.");
  }
}

export function counterOffline(root: HTMLElement): Stop {
  const page = new Page(root);
  const { form } = page;
  let isReceiving = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (isReceiving) return;
    isReceiving = true;
    void page.receive().finally(() => { isReceiving = false; });
  });
  form.addEventListener("reset", () => setTimeout(() => { page.choose(undefined, ""); page.complain([]); }));
  form.addEventListener("change", (event) => {
    const { name } = event.target as HTMLInputElement;
    if (name === "identity_number") page.readCard();
    if (name === "branch") page.showPapers();
  });
  page.field("q").addEventListener("input", () => page.offerPicks());
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || !(event.target as HTMLElement).matches("input")) return;
    event.preventDefault(); // a scanner ends with Enter; only Ctrl+Enter receives
    if ((event.target as HTMLInputElement).name === "identity_number") { page.readCard(); page.field("full_name").focus(); }
    if ((event.target as HTMLInputElement).name === "q") root.querySelector<HTMLElement>("[data-picks] button")?.click();
  });
  page.find("[data-change]").addEventListener("click", () => page.choose(undefined));
  page.find("[data-print]").addEventListener("click", () => window.print());
  page.find("[data-next-one]").addEventListener("click", () => { page.find("[data-receipt]").hidden = true; page.field("identity_number").focus(); });
  page.find("[data-send-now]").addEventListener("click", () => void page.sync());
  const back = (): void => { void page.prepare().then(() => page.sync()); };
  const gone = (): void => void page.show();
  window.addEventListener("online", back);
  window.addEventListener("offline", gone);
  const timer = window.setInterval(() => void page.sync(), AGAIN);
  void page.load().then(() => page.takeOver());
  return () => { window.removeEventListener("online", back); window.removeEventListener("offline", gone); clearInterval(timer); };
}
