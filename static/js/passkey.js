// Makes or uses a passkey for <passkey-button>. Without script, or in a browser without passkeys, the other ways to
// sign in on the same page stay.
//   data-do            "create" or "get"
//   data-form          id of the form that posts the answer; it has a field named "credential"
//   data-options       id of the JSON script element with what the server asks for, or
//   data-options-url   where to fetch it when the button is pressed
//   data-alone         id of the tick "sign in with this alone" (create only, optional)
//   data-cancelled, data-failed, data-missing   what to say when it did not work

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const named = (list) => list?.map((known) => ({ ...known, id: bytes(known.id) }));

// What the server sent as base64url becomes what the browser wants as bytes.
function asked(options) {
  const wanted = { ...options, challenge: bytes(options.challenge) };
  if (options.user) wanted.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) wanted.excludeCredentials = named(options.excludeCredentials);
  if (options.allowCredentials) wanted.allowCredentials = named(options.allowCredentials);
  return wanted;
}

// And back again: the browser's answer as the JSON that the server reads.
function answered(credential) {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return JSON.stringify({
    type: credential.type,
    id: credential.id,
    rawId: text(credential.rawId),
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  });
}

customElements.define("passkey-button", class extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.problem = this.querySelector("[data-problem]");
    if (window.PublicKeyCredential) {
      this.button.hidden = false;
      this.button.addEventListener("click", (event) => this.press(event));
    } else {
      this.say(this.dataset.missing);
    }
  }

  async press(event) {
    event.preventDefault();
    const form = document.getElementById(this.dataset.form);
    if (!form.reportValidity()) return;
    this.button.disabled = true;
    this.say("");
    try {
      form.elements.credential.value = answered(await this.ask(await this.options()));
      form.submit();
    } catch (problem) {
      this.say(problem.name === "NotAllowedError" ? this.dataset.cancelled : this.dataset.failed);
      this.button.disabled = false;
    }
  }

  async options() {
    const { options, optionsUrl } = this.dataset;
    if (options) return JSON.parse(document.getElementById(options).textContent);
    const answer = await fetch(optionsUrl, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`answer ${answer.status}`);
    return answer.json();
  }

  ask({ creation_options: create, request_options: get }) {
    if (this.dataset.do === "get") return navigator.credentials.get({ publicKey: asked(get.publicKey) });
    const wanted = asked(create.publicKey);
    const tick = document.getElementById(this.dataset.alone);
    if (tick) wanted.authenticatorSelection = { ...wanted.authenticatorSelection, ...this.alone(tick.checked) };
    return navigator.credentials.create({ publicKey: wanted });
  }

  // A key that signs in alone must be kept on the device and must check who holds it.
  alone(yes) {
    return yes
      ? { residentKey: "required", requireResidentKey: true, userVerification: "required" }
      : { residentKey: "discouraged", requireResidentKey: false };
  }

  say(words) {
    this.problem.textContent = words;
    this.problem.hidden = !words;
  }
});
