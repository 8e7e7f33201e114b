// Groups of buttons that choose the theme or the size of letters: data-cookie names the choice, data-attribute the
// attribute of <html>. The server reads the cookie, so the next page arrives right; here only the present one changes.
const YEAR = 365 * 24 * 3600;

export function choice(root: HTMLElement): void {
  const cookie = root.dataset["cookie"] ?? "theme";
  const attribute = root.dataset["attribute"] ?? "data-theme";
  root.addEventListener("click", (event) => {
    const button = (event.target as HTMLElement).closest<HTMLButtonElement>("button[value]");
    if (!button) return;
    event.preventDefault();
    document.cookie = `${cookie}=${button.value}; path=/; max-age=${YEAR}; samesite=lax`;
    if (button.value === "auto") document.documentElement.removeAttribute(attribute);
    else document.documentElement.setAttribute(attribute, button.value);
    root.querySelectorAll("button").forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
  });
}
