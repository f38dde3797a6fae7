// Keeps <import-progress data-url> fresh. Without this file its words stand still and the link in it still works.
// The answer is JSON: value and max, or percent; text; over; url; link_text. Text and numbers are set, never HTML.
// A screen reader hears the first change, then one every quarter of a minute, and the end.

const PAUSE = 2000;
const LONGEST = 30000;
const BETWEEN_WORDS = 15000;

customElements.define("import-progress", class extends HTMLElement {
  connectedCallback() {
    if (!this.dataset.url) return;
    this.pause = PAUSE;
    this.spoke = 0;
    this.link = this.querySelector("[data-link]");
    if (this.link?.hasAttribute("data-wait")) this.link.hidden = true;
    this.wait();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  wait() {
    this.timer = setTimeout(() => this.refresh(), document.hidden ? LONGEST : this.pause);
  }

  async refresh() {
    const answer = await fetch(this.dataset.url, { headers: { Accept: "application/json", "X-Quiet": "yes" } }).catch(() => null);
    if (answer?.redirected || answer?.status === 403 || answer?.status === 404) return this.stop();
    const state = answer?.ok ? await answer.json().catch(() => null) : null;
    this.pause = state ? PAUSE : Math.min(this.pause * 2, LONGEST);
    if (state) this.show(state);
    if (this.isConnected && !state?.over) this.wait();
  }

  // The sign-in ended, or the import is gone: leave the page as it is and give the plain link back.
  stop() {
    if (this.link) this.link.hidden = false;
  }

  show(state) {
    this.querySelector("[data-text]").textContent = state.text;
    this.fill(this.querySelector("progress"), state);
    this.say(state);
    if (state.over) this.finish(state);
  }

  fill(bar, { percent, value = percent, max = percent === undefined ? undefined : 100 }) {
    if (!bar) return;
    if (max > 0) {
      bar.max = max;
      bar.value = value;
    } else {
      bar.removeAttribute("value");
    }
  }

  say({ text, over }) {
    const line = this.querySelector("[data-say]");
    const now = Date.now();
    if (!over && (line.textContent === text || now - this.spoke < BETWEEN_WORDS)) return;
    line.textContent = text;
    this.spoke = now;
  }

  finish({ url, link_text: words }) {
    this.querySelector("progress")?.remove();
    for (const part of document.querySelectorAll("[data-so-far]")) part.hidden = true;
    if (!this.link) return;
    const target = url ? new URL(url, location.href) : null;
    if (target?.origin === location.origin) this.link.href = target.href;
    if (words) this.link.textContent = words;
    this.link.hidden = false;
  }
});
