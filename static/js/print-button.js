// Shows the button inside <print-button> and prints the page with it. Without script it stays hidden: every browser has
// its own way to print.
customElements.define("print-button", class extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
});
