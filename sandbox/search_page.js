// System Search's own page, made to stand in an app's frame. The app's page sends one message with a port, and on
// that port a user's token as {jwt: "..."}; with it, and with nothing else, this page searches and leaves.

const PAGE = 20;
const form = document.querySelector("form");
const line = document.querySelector("[role=status]");
const list = document.querySelector("ul");
const more = document.querySelector("[data-more]");
let token = "";
let asked = { query: "", offset: 0 };

addEventListener("message", function greeted(event) {
  if (event.source !== parent || !event.ports.length) return;
  removeEventListener("message", greeted);
  event.ports[0].onmessage = ({ data }) => begin(data?.jwt);
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  list.replaceChildren();
  asked = { query: form.elements.query.value.trim(), offset: 0 };
  search();
});

more.addEventListener("click", () => {
  asked.offset += PAGE;
  search();
});

// The text of 1up's documents says that the token is a string; the sample in them sends an object.
function begin(jwt) {
  const given = document.body.dataset.takes === "any" && jwt?.access_token ? jwt.access_token : jwt;
  if (typeof given !== "string" || !given) {
    say("The app did not hand over a usable key: jwt must be a string that is not empty.", true);
    return;
  }
  token = given;
  form.elements.namedItem("fields").disabled = false;
  say("Search for the place where you have a patient account.");
}

async function search() {
  say("Searching.");
  more.hidden = true;
  const answer = await call(`api/search?${new URLSearchParams(asked)}`, "POST", "The search did not work");
  if (!answer) return;
  const places = Array.isArray(answer) ? answer : Object.values(answer.systemList ?? {});
  list.append(...places.map(row));
  more.hidden = places.length < PAGE;
  say(list.children.length ? `${list.children.length} places so far.` : "No place has these words.");
}

function row({ id, name, address }) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  const where = document.createElement("span");
  button.textContent = name;
  where.textContent = address ?? "";
  button.addEventListener("click", () => leave(id, name));
  item.append(button, where);
  return item;
}

async function leave(id, name) {
  say(`Asking ${name} for its sign-in page.`);
  const wish = `api/clinical/${encodeURIComponent(id)}?sendRedirectUrlAsResponse=true`;
  const answer = await call(wish, "GET", `The way to ${name} is closed`);
  if (!answer) return;
  const link = document.createElement("a");
  link.href = answer.authorization_url;
  link.target = "_top";
  link.textContent = `Go to the sign-in page of ${name}`;
  line.replaceChildren(link);
  open(link.href, "_top");
}

// The reply as JSON, or nothing, with the reason on the page.
async function call(path, method, trouble) {
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await fetch(new URL(path, location.href), { method, headers }).catch(() => null);
  const body = await answer?.json().catch(() => null);
  if (answer?.ok && body) return body;
  const why = body?.message ?? body?.error ?? "no usable answer";
  say(`${trouble}: ${why}${answer ? ` (${answer.status})` : ""}.`, true);
  return null;
}

function say(words, isWrong = false) {
  line.textContent = words;
  line.classList.toggle("wrong", isWrong);
}
