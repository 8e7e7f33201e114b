// On the sign-out form: what this person typed does not stay on a shared device.
export function forgetDrafts(root: HTMLElement): void {
  root.addEventListener("submit", () => { indexedDB.deleteDatabase("tinhso-drafts"); });
}
