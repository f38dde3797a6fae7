// Warns two minutes before a sign-in ends, and leaves the page when it has ended, so that nobody reads it later.
// The server knows the time; asking it with X-Quiet is no sign of life. Other tabs may have lengthened it meanwhile.
//   data-left    how many seconds are left as the page is made
//   data-url     where the server says how long is left: {left, can_stay}, in seconds
//   data-leave   the sign-in page that leads back here

const WARN = 120;
const GRACE = 2;

// A page that the browser kept alive for its Back button may be of a person who has signed out.
addEventListener("pageshow", (event) => event.persisted && location.reload());

customElements.define("session-clock", class extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.querySelector("form").addEventListener("submit", (event) => this.stay(event));
    this.dialog.addEventListener("cancel", (event) => this.stay(event));
    this.woken = () => document.hidden || this.ask();
    document.addEventListener("visibilitychange", this.woken);
    const left = Number(this.dataset.left);
    if (left > WARN) this.know({ left });
    else this.ask();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.woken);
  }

  async ask(extra = { headers: { "X-Quiet": "yes" } }) {
    clearTimeout(this.timer);
    const answer = await fetch(this.dataset.url, extra).catch(() => null);
    if (answer?.redirected) return this.leave();
    const state = answer?.ok ? await answer.json().catch(() => null) : null;
    if (state) this.know(state);
    else this.unknown();
  }

  know({ left, can_stay: canStay }) {
    this.end = Date.now() + (left + GRACE) * 1000;
    if (left > WARN) this.dialog.close();
    else this.warn(canStay);
    this.timer = setTimeout(() => this.ask(), (left > WARN ? left - WARN : left + GRACE) * 1000);
  }

  // No answer: ask again in a while, but when the time is up leave, whatever the network says.
  unknown() {
    if (this.end && Date.now() >= this.end) return this.leave();
    this.timer = setTimeout(() => this.ask(), 15000);
  }

  warn(canStay) {
    this.querySelector("[data-quiet]").hidden = !canStay;
    this.querySelector("[data-whole]").hidden = canStay;
    if (!this.dialog.open) this.dialog.showModal();
  }

  stay(event) {
    event.preventDefault();
    this.dialog.close();
    this.ask({ method: "POST", body: new FormData(this.querySelector("form")) });
  }

  leave() {
    location.replace(this.dataset.leave);
  }
});
