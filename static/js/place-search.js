// Opens the gateway's own search page in the frame of <place-search> and hands it a key. Without this file the frame
// stays empty and the words say so. The key is fetched by the form, goes to data-origin alone and is kept nowhere.
//   data-src      the page to frame
//   data-origin   its origin, exactly: nobody else may hear the key
//   data-key-url  answers the form with {message, seconds}: what to tell the page, and how long it may stay open

customElements.define("place-search", class extends HTMLElement {
  connectedCallback() {
    this.frame = this.querySelector("iframe");
    this.form = this.querySelector("form");
    this.form.addEventListener("submit", (event) => this.open(event));
    this.querySelector("[data-without]").hidden = true;
    this.form.hidden = false;
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  async open(event) {
    event.preventDefault();
    this.tell("");
    const button = this.form.querySelector("button");
    button.disabled = true;
    const answer = await fetch(this.dataset.keyUrl, { method: "POST", body: new FormData(this.form) }).catch(() => null);
    button.disabled = false;
    if (answer?.redirected || answer?.status === 409) return location.reload();
    const told = answer?.ok ? await answer.json().catch(() => null) : null;
    if (told?.message) this.show(told);
    else this.tell("trouble");
  }

  show({ message, seconds }) {
    this.form.hidden = true;
    this.frame.hidden = false;
    this.frame.onload = () => this.greet(message);
    this.frame.src = this.dataset.src;
    this.frame.focus();
    this.timer = setTimeout(() => this.close(), seconds * 1000);
  }

  greet(message) {
    const { port1, port2 } = new MessageChannel();
    this.frame.contentWindow.postMessage("", this.dataset.origin, [port2]);
    port1.postMessage(message);
  }

  close() {
    this.frame.onload = null;
    this.frame.src = "about:blank";
    this.frame.hidden = true;
    this.form.hidden = false;
    this.tell("over");
  }

  tell(which) {
    for (const name of ["trouble", "over"]) this.querySelector(`[data-${name}]`).hidden = name !== which;
  }
});
