// A thin bar at the top while htmx fetches. Rows stay where they are.
export function loading(): void {
  const root = document.documentElement;
  let open = 0;
  document.addEventListener("htmx:before:request", () => { open += 1; root.classList.add("is-loading"); });
  document.addEventListener("htmx:finally:request", () => {
    open = Math.max(0, open - 1);
    if (open === 0) root.classList.remove("is-loading");
  });
}
