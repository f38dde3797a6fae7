// Opens a SMART Health Link (HL7, STU 1) in the browser: <health-link> reads the link behind the # of the address, or
// from its form, asks who is looking, fetches what is encrypted and decrypts it here. The key is sent to nobody.
//   data-words   what is said to people, as JSON
//   data-relay   fetches, for staff, what another site keeps encrypted; without it only links of this site open
import { draw } from "./health-summary.js";

const LARGEST = 20 * 1024 * 1024; // characters of a summary
const FHIR = "application/fhir+json";
const CARD = "application/smart-health-card";

/** What went wrong, by the name of the words that say it, and what they name. */
class Told extends Error {
  constructor(name, values = {}) {
    super(name);
    this.values = values;
  }
}

const bytesOf = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const textOf = (bytes) => new TextDecoder().decode(bytes);

/** The link in a text, wherever in it: {url, key, exp, flag, label}; null where there is none. */
function linkIn(text) {
  const found = /shlink:\/([A-Za-z0-9_-]+)/.exec(text);
  try {
    const told = JSON.parse(textOf(bytesOf(found[1])));
    const url = new URL(told.url);
    const isWhole = bytesOf(told.key).length === 32 && ["http:", "https:"].includes(url.protocol);
    return isWhole ? { ...told, url, flag: String(told.flag ?? "") } : null;
  } catch {
    return null;
  }
}

async function inflated(bytes) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const pieces = [];
  for (let size = 0, one = await reader.read(); !one.done; one = await reader.read()) {
    size += one.value.length;
    if (size > LARGEST) throw new Told("damaged");
    pieces.push(one.value);
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

/** What a JWE in compact form holds (RFC 7516: dir, A256GCM). */
async function decrypted(jwe, secret) {
  const parts = jwe.trim().split(".");
  const header = JSON.parse(textOf(bytesOf(parts[0])));
  const isOurs = parts.length === 5 && header.alg === "dir" && header.enc === "A256GCM" && !parts[1];
  if (!isOurs || ![undefined, "DEF"].includes(header.zip)) throw new Told("damaged");
  const key = await crypto.subtle.importKey("raw", bytesOf(secret), "AES-GCM", false, ["decrypt"]);
  const sealed = new Uint8Array([...bytesOf(parts[3]), ...bytesOf(parts[4])]);
  const options = { name: "AES-GCM", iv: bytesOf(parts[2]), additionalData: new TextEncoder().encode(parts[0]) };
  const plain = new Uint8Array(await crypto.subtle.decrypt(options, key, sealed));
  return { text: textOf(header.zip ? await inflated(plain) : plain), type: header.cty };
}

/** The records on a signed card; nobody checks the signature here. */
async function onCard(jws) {
  const [header, payload] = jws.split(".");
  const bytes = bytesOf(payload);
  const told = JSON.parse(textOf(JSON.parse(textOf(bytesOf(header))).zip ? await inflated(bytes) : bytes));
  return told.vc.credentialSubject.fhirBundle;
}

async function answerOf(request) {
  const answer = await request.catch(() => null);
  if (!answer || answer.redirected) throw new Told("trouble");
  if (answer.status === 401) throw new Told("wrong", { left: (await answer.json().catch(() => ({}))).remainingAttempts ?? "?" });
  if (answer.status === 404) throw new Told("over");
  if (answer.status === 429) throw new Told("often");
  if (!answer.ok) throw new Told("trouble");
  return answer;
}

const bare = { credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer" };

customElements.define("health-link", class extends HTMLElement {
  connectedCallback() {
    this.words = JSON.parse(this.dataset.words);
    this.form = this.querySelector("form");
    this.summary = this.querySelector("[data-summary]");
    this.querySelector("[data-without]").hidden = true;
    this.form.addEventListener("submit", (event) => this.open(event));
    this.form.elements.link?.addEventListener("input", () => this.begin());
    addEventListener("hashchange", () => this.begin());
    this.begin();
  }

  begin() {
    const typed = this.form.elements.link;
    this.link = linkIn(typed?.value || location.hash);
    this.summary.replaceChildren();
    const needsPasscode = Boolean(this.link?.flag.includes("P"));
    this.form.hidden = !this.link && !typed;
    this.querySelector("[data-passcode]").hidden = !needsPasscode;
    this.form.elements.passcode.required = needsPasscode;
    if (this.link) this.greet();
    else this.tell(typed && !typed.value ? "" : "none");
  }

  greet() {
    const ends = new Date(this.link.exp * 1000);
    const isOver = this.link.exp && ends < new Date();
    this.tell(isOver ? "ended" : "", { date: ends.toLocaleDateString(document.documentElement.lang, { dateStyle: "long" }) });
    if (isOver) this.form.hidden = !this.form.elements.link;
  }

  tell(name, values = {}) {
    const place = this.querySelector("[data-told]");
    place.hidden = !name;
    const words = this.words[name] ?? "";
    place.querySelector("p").textContent = words.replace(/\{(\w+)\}/g, (_all, value) => String(values[value] ?? ""));
  }

  async open(event) {
    event.preventDefault();
    if (!this.link) return this.tell("none");
    const button = this.form.querySelector("button");
    button.disabled = true;
    this.tell("");
    this.summary.replaceChildren();
    try {
      await this.show(await this.files());
    } catch (error) {
      this.summary.replaceChildren();
      this.tell(error instanceof Told ? error.message : "damaged", error.values);
    }
    button.disabled = false;
  }

  async show(files) {
    if (!files.length) throw new Told("empty");
    for (const file of files) {
      const { text, type } = await decrypted(file.embedded, this.link.key);
      const kind = (file.contentType ?? type ?? "").split(";")[0];
      const note = kind === CARD ? "unchecked" : [FHIR, "application/json"].includes(kind) ? "" : "unread";
      const told = note === "unread" ? [] : kind === CARD
        ? await Promise.all(JSON.parse(text).verifiableCredential.map(onCard)) : [JSON.parse(text)];
      if (note) draw.note(this.summary, this.words[note]);
      for (const one of told) draw(this.summary, one, this.words);
    }
    this.form.hidden = true;
    this.summary.querySelector("h2, p")?.scrollIntoView();
    this.summary.focus({ preventScroll: true });
  }

  /** Every file of the link, its content embedded. */
  files() {
    if (this.link.url.origin === location.origin) return this.ours();
    if (this.dataset.relay) return this.relayed();
    throw new Told("elsewhere", { host: this.link.url.host });
  }

  async ours() {
    const { recipient, passcode } = this.form.elements;
    const url = new URL(this.link.url);
    if (this.link.flag.includes("U")) {
      url.searchParams.set("recipient", recipient.value);
      return [{ embedded: await (await answerOf(fetch(url, bare))).text() }];
    }
    const body = JSON.stringify({ recipient: recipient.value, ...(passcode.value && { passcode: passcode.value }) });
    const headers = { "Content-Type": "application/json" };
    const told = await (await answerOf(fetch(url, { ...bare, method: "POST", headers, body }))).json();
    return Promise.all((told.files ?? []).map((file) => this.embedded(file)));
  }

  async embedded(file) {
    if (file.embedded) return file;
    const url = new URL(file.location);
    if (url.origin !== location.origin) throw new Told("elsewhere", { host: url.host });
    return { ...file, embedded: await (await answerOf(fetch(url, bare))).text() };
  }

  /** What another site keeps, fetched by ours; it is told where it lies and what opens the door, not the key. */
  async relayed() {
    const body = new FormData(this.form);
    body.delete("link");
    body.set("url", this.link.url.href);
    if (this.link.flag.includes("U")) body.set("direct", "yes");
    return (await (await answerOf(fetch(this.dataset.relay, { method: "POST", body }))).json()).files;
  }
});
