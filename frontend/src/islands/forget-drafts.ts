// On the sign-out form: what this person typed does not stay on a shared device. When something has not been sent yet,
// the first press says so and tries to send it; the second press takes it away and signs out.
import { say } from "../island";
import { deliver, unsent } from "../outbox";
import { forgetPerson } from "../signing-out";

export function forgetDrafts(root: HTMLElement): void {
  const form = root as HTMLFormElement;
  let isWarned = false;

  const leave = async (): Promise<void> => {
    await forgetPerson();
    form.submit();
  };
  const warn = (count: number): void => {
    isWarned = true;
    const sentence = `Còn ${count} nội dung chưa gửi. Nhấn “Đăng xuất” lần nữa để xóa khỏi máy này và đăng xuất, hoặc “Ở lại” để gửi trước.`;
    const notice = Object.assign(document.createElement("div"), { className: "notice warn", textContent: sentence, tabIndex: -1 });
    form.prepend(notice);
    notice.focus();
    say(sentence);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void (async () => {
      if (!isWarned) await deliver().catch(() => false);
      const count = isWarned ? 0 : await unsent();
      if (count > 0) warn(count);
      else await leave();
    })().catch(() => form.submit());
  });
}
