// Prints the page as soon as it stands: for machines without a keyboard. A machine without a printer shows it only.
export function printNow(_root: HTMLElement): void {
  requestAnimationFrame(() => window.print());
}
