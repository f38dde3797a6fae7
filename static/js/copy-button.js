// Shows the button inside <copy-button> and copies with it what stands in the field that data-from names. Without script
// it stays hidden: the words can be marked and copied by hand.
customElements.define("copy-button", class extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(this.dataset.from).value);
      this.querySelector("[data-done]").hidden = false;
    });
  }
});
