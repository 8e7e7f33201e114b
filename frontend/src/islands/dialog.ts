// <button data-island="dialog" data-open="id"> opens the <dialog id>; elements with data-close inside close it. Without
// script the button is a link to the page that shows the same thing.
export function dialog(root: HTMLElement): void {
  const id = root.dataset["open"];
  const box = id ? document.getElementById(id) : root;
  if (!(box instanceof HTMLDialogElement)) return;
  if (id) {
    root.addEventListener("click", (event) => { event.preventDefault(); box.showModal(); });
  } else if (box.dataset["shown"]) {
    box.showModal();
  }
  if (box.dataset["wired"]) return;
  box.dataset["wired"] = "1";
  box.addEventListener("click", (event) => {
    const target = event.target as HTMLElement;
    if (target === box || target.closest("[data-close]")) { event.preventDefault(); box.close(); }
  });
}
